import type { Session } from '@pip-sessions/contract/v2';
import { isObject } from '../../transport/json-object.ts';
import { codeOf } from '../../v2/error-code.ts';
import type { SignIn } from '../entry.ts';
import type { IdleTimeouts } from '../idle-timeouts.ts';
import type { LibraryJson } from '../library-json.ts';
import type { EntryNames } from '../names.ts';
import { signInKey } from '../names.ts';
import type { Device, LibraryStoreOptions } from '../options.ts';
import { nullIfEnded, SessionStoreError } from '../store-error.ts';

/** The maximum number of writes. After a conflict, another request has changed the session. */
const WRITES_MAX = 20;
/** The maximum number of failed sign-ins of one user at one revision. */
const OPENS_MAX = 20;

export interface OpenedSignIn {
  readonly sign_in: SignIn;
  readonly session: Session;
  /** The token; null if the client does not use it. */
  readonly token: string | null;
}

/** The sessions of users. */
export class SignIns {
  readonly #client: LibraryStoreOptions['client'];
  readonly #idleTimeouts: IdleTimeouts;
  readonly #deviceOf: (session: LibraryJson, request: unknown) => Device;
  /** Whether the client has a cache, which reads by token only. */
  readonly #isCached: boolean;

  constructor({ client, device = () => ({}) }: LibraryStoreOptions, idleTimeouts: IdleTimeouts) {
    this.#client = client;
    this.#idleTimeouts = idleTimeouts;
    this.#deviceOf = device;
    this.#isCached = client.read !== undefined && client.peek !== undefined;
  }

  /**
   * Opens the session of a user. Requests that sign in the same user at the same `revision` of the entry (0 for none)
   * get the same session. An ended session, from a failed sign-in, is not opened again: the next one is.
   */
  async open(
    names: EntryNames,
    user_id: string,
    data: LibraryJson,
    revision: number,
    request: unknown,
  ): Promise<OpenedSignIn> {
    for (let open = 0; open < OPENS_MAX; open += 1) {
      const opened = await this.openTurn(names, user_id, data, `${revision}.${open}`, request);
      if (opened.session.active) return opened;
    }
    throw new SessionStoreError('SESSION_CLOSED', `The sign-in ended ${OPENS_MAX} times meanwhile. Try again.`);
  }

  /** Opens the session of one turn. Returns it as it was opened before, even if it has ended. */
  async openTurn(
    names: EntryNames,
    user_id: string,
    data: LibraryJson,
    turn: string,
    request: unknown,
  ): Promise<OpenedSignIn> {
    const opening = { ...this.#deviceOf(data, request), user_id, data };
    const { session, token } = await this.#idleTimeouts.open(opening, data, signInKey(names, user_id, turn));
    return { sign_in: { user_id, session_id: session.id, turn }, session, token: this.#isCached ? token : null };
  }

  /** Returns the session; null if it has ended. Counts as activity if `isActivity`. */
  async load({ session_id }: SignIn, token: string | null, isActivity: boolean): Promise<Session | null> {
    if (isActivity && token !== null) return (await this.#client.read?.(token)) ?? null;
    if (isActivity) return this.#client.touch(session_id).catch(nullIfEnded);
    const session = await this.#client.get(session_id);
    return session?.active ? session : null;
  }

  /** Returns the token of an open session; null if the client does not use it. */
  async tokenToRead(names: EntryNames, sign_in: SignIn, session: Session): Promise<string | null> {
    return this.#isCached ? this.tokenOf(names, sign_in, session) : null;
  }

  /** Returns the token of an open session, by repeating its open request; null if it was deleted meanwhile. */
  async tokenOf(names: EntryNames, { user_id, turn }: SignIn, session: Session): Promise<string | null> {
    const again = await this.#client.open(
      { user_id, idle_timeout: 1 },
      { idempotency_key: signInKey(names, user_id, turn) },
    );
    if (again.session.open_time === session.open_time) return again.token;
    // The session was deleted a moment ago, and this request opened it again.
    await this.#client.close(again.session.id);
    return null;
  }

  /**
   * Ends a sign-in that the entry no longer names. Returns its last data; null if it has not changed since `revision`.
   * Another request may have written to it before it could see the entry.
   */
  async retire({ session_id }: SignIn, revision: number): Promise<LibraryJson | null> {
    for (let write = 0; write < WRITES_MAX; write += 1) {
      const session = await this.#client.get(session_id);
      if (!session?.active) return null;
      try {
        // Later writes get a revision conflict, and then read the entry.
        await this.#client.replaceData(session_id, null, { if_match: session.revision });
      } catch (error) {
        if (codeOf(error) === 'REVISION_CONFLICT') continue;
        return nullIfEnded(error);
      }
      await this.#client.close(session_id).catch(nullIfEnded);
      return session.revision !== revision && isObject(session.data) ? session.data : null;
    }
    throw new SessionStoreError(
      'REVISION_CONFLICT',
      `Other requests changed the session ${WRITES_MAX} times meanwhile. Try again.`,
    );
  }

  /** Ends a sign-in, unless it is the one to keep. */
  async closeUnless(sign_in: SignIn | null | undefined, kept: SignIn | null | undefined): Promise<void> {
    if (!sign_in || sign_in.session_id === kept?.session_id) return;
    await this.#client.close(sign_in.session_id).catch(nullIfEnded);
  }
}
