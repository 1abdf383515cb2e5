import type { Session } from '../contract/v2.ts';
import { codeOf } from '../error-code.ts';
import { type RecordNames, signInKey } from './names.ts';
import type { Device, LibraryStoreOptions } from './options.ts';
import { nullIfEnded } from './store-error.ts';
import { idleTimeoutOf, type LibraryJson, type SignIn, type Stored, storedOf } from './stored.ts';

const REFUSED: ReadonlySet<string> = new Set(['REVISION_CONFLICT', 'SESSION_CLOSED', 'SESSION_NOT_FOUND']);

/** The sessions that belong to users, beside those that hold what a library keeps. */
export class SignIns {
  readonly #client: LibraryStoreOptions['client'];
  readonly #deviceOf: (session: LibraryJson) => Device;

  constructor(client: LibraryStoreOptions['client'], deviceOf: (session: LibraryJson) => Device) {
    this.#client = client;
    this.#deviceOf = deviceOf;
  }

  /** Requests that sign the same user in at the same revision, null for none yet, get the same one. */
  async open(names: RecordNames, user_id: string, data: LibraryJson, revision: number | null): Promise<SignIn> {
    const { session } = await this.#client.open(
      { ...this.#deviceOf(data), ...idleTimeoutOf(data), user_id },
      { idempotency_key: signInKey(names, user_id, revision) },
    );
    return { user_id, session_id: session.id };
  }

  /** Makes a session that user's, in place of whose it was. Rejects with `REVISION_CONFLICT`. */
  async assign(names: RecordNames, user_id: string, data: LibraryJson, known: Stored): Promise<Stored> {
    const sign_in = await this.open(names, user_id, data, known.revision);
    try {
      const { revision } = await this.#client.replaceUser(names.id, sign_in, { if_match: known.revision });
      await this.closeUnless(known.sign_in, sign_in);
      return { ...known, revision, sign_in };
    } catch (error) {
      // After a fault it is not known whether the session is that user's by now.
      if (!REFUSED.has(codeOf(error) ?? '')) throw error;
      // Unless another request has done the same at the same moment.
      const session = await this.#client.get(names.id);
      await this.closeUnless(sign_in, session && storedOf(session)?.sign_in);
      throw error;
    }
  }

  /** Counts as activity of the user; whether it has ended is for the next read to say. */
  async touch(sign_in: SignIn | null): Promise<void> {
    if (sign_in !== null) await this.#client.touch(sign_in.session_id).catch(nullIfEnded);
  }

  /** Makes a session nobody's again. */
  async release(id: string, sign_in: SignIn, { revision }: Session): Promise<Stored | null> {
    const session = await this.#client.replaceUser(id, null, { if_match: revision });
    await this.closeUnless(sign_in, null);
    return storedOf(session);
  }

  /** Ends a sign-in that is not the one to keep. */
  async closeUnless(sign_in: SignIn | null | undefined, kept: SignIn | null | undefined): Promise<void> {
    if (!sign_in || sign_in.session_id === kept?.session_id) return;
    await this.#client.close(sign_in.session_id).catch(nullIfEnded);
  }
}
