import type { Session } from '@pip-sessions/contract/v2';
import { isObject } from '../transport/json-object.ts';
import { codeOf } from '../v2/error-code.ts';
import type { SignIn } from './entry.ts';
import type { IdleTimeouts } from './idle-timeouts.ts';
import type { LibraryJson } from './library-json.ts';
import type { EntryNames } from './names.ts';
import { signInKey } from './names.ts';
import type { Device, LibraryStoreOptions } from './options.ts';
import { nullIfEnded, SessionStoreError } from './store-error.ts';

/** Each conflict means that another request of the same session has got through. */
const WRITES_MAX = 20;
/** How often a sign-in of one user at one revision may come to nothing. */
const OPENS_MAX = 20;

export interface OpenedSignIn {
  readonly sign_in: SignIn;
  readonly session: Session;
  /** Null where the client has no use for it. */
  readonly token: string | null;
}

/** The sessions that belong to users. */
export class SignIns {
  readonly #client: LibraryStoreOptions['client'];
  readonly #idleTimeouts: IdleTimeouts;
  readonly #deviceOf: (session: LibraryJson, request: unknown) => Device;
  /** Whether the client has a memory, which it looks into by the token alone. */
  readonly #isCached: boolean;

  constructor({ client, device = () => ({}) }: LibraryStoreOptions, idleTimeouts: IdleTimeouts) {
    this.#client = client;
    this.#idleTimeouts = idleTimeouts;
    this.#deviceOf = device;
    this.#isCached = client.read !== undefined && client.peek !== undefined;
  }

  /**
   * Requests that sign the same user in at the same `revision` of the entry, 0 for none yet, get the same session. One
   * that has ended, since nothing came of it then, is not opened again: the next one is.
   */
  async open(
    names: EntryNames,
    user_id: string,
    data: LibraryJson,
    revision: number,
    request: unknown,
  ): Promise<OpenedSignIn> {
    const opening = { ...this.#deviceOf(data, request), user_id, data };
    for (let open = 0; open < OPENS_MAX; open += 1) {
      const turn = `${revision}.${open}`;
      const { session, token } = await this.#idleTimeouts.open(opening, data, signInKey(names, user_id, turn));
      if (!session.active) continue;
      return { sign_in: { user_id, session_id: session.id, turn }, session, token: this.#isCached ? token : null };
    }
    throw new SessionStoreError('SESSION_CLOSED', `The sign-in has ended ${OPENS_MAX} times meanwhile.`);
  }

  /** Null for one that has ended. Counts as activity when `isActivity`. */
  async load({ session_id }: SignIn, token: string | null, isActivity: boolean): Promise<Session | null> {
    if (isActivity && token !== null) return (await this.#client.read?.(token)) ?? null;
    if (isActivity) return this.#client.touch(session_id).catch(nullIfEnded);
    const session = await this.#client.get(session_id);
    return session?.active ? session : null;
  }

  /** The token of an open session, which the service answers again to whoever has opened it; null where it is of no use. */
  async tokenOf(names: EntryNames, { user_id, turn }: SignIn, session: Session): Promise<string | null> {
    if (!this.#isCached) return null;
    const again = await this.#client.open(
      { user_id, idle_timeout: 1 },
      { idempotency_key: signInKey(names, user_id, turn) },
    );
    if (again.session.open_time === session.open_time) return again.token;
    // It was deleted a moment ago.
    await this.#client.close(again.session.id);
    return null;
  }

  /**
   * Ends a sign-in that the entry names no more. Answers what it held at last, null if that is what it held at
   * `revision`: another request may have written to it before it could see the entry.
   */
  async retire({ session_id }: SignIn, revision: number): Promise<LibraryJson | null> {
    for (let write = 0; write < WRITES_MAX; write += 1) {
      const session = await this.#client.get(session_id);
      if (!session?.active) return null;
      try {
        // Whoever writes from here on finds another revision, and then the entry.
        await this.#client.replaceData(session_id, null, { if_match: session.revision });
      } catch (error) {
        if (codeOf(error) === 'REVISION_CONFLICT') continue;
        return nullIfEnded(error);
      }
      await this.#client.close(session_id).catch(nullIfEnded);
      return session.revision !== revision && isObject(session.data) ? session.data : null;
    }
    throw new SessionStoreError('REVISION_CONFLICT', `Others changed the session ${WRITES_MAX} times meanwhile.`);
  }

  /** Ends a sign-in that is not the one to keep. */
  async closeUnless(sign_in: SignIn | null | undefined, kept: SignIn | null | undefined): Promise<void> {
    if (!sign_in || sign_in.session_id === kept?.session_id) return;
    await this.#client.close(sign_in.session_id).catch(nullIfEnded);
  }
}
