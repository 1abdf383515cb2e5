import { codeOf } from '../v2/error-code.ts';
import { entryOf } from './entry.ts';
import type { LibraryStoreOptions } from './options.ts';
import type { SessionFinder } from './session-finder.ts';
import type { SignIns } from './sign-ins.ts';
import { nullIfEnded, SessionStoreError } from './store-error.ts';

/** The maximum number of attempts. After a conflict, another request has changed the session. */
const WRITES_MAX = 20;

/** Ends sessions of libraries: each entry together with its sign-in. */
export class SessionEndings {
  readonly #client: LibraryStoreOptions['client'];
  readonly #finder: SessionFinder;
  readonly #signIns: SignIns;

  constructor(client: LibraryStoreOptions['client'], finder: SessionFinder, signIns: SignIns) {
    this.#client = client;
    this.#finder = finder;
    this.#signIns = signIns;
  }

  async destroy(sid: string): Promise<void> {
    const first = this.#finder.places.get(sid)?.generation ?? 0;
    for (let generation = first; ; generation += 1) {
      const found = await this.end(this.#finder.names(sid, generation).id);
      if (found === 'live' || (found === 'missing' && generation > 0)) return;
    }
  }

  /** Ends the session of an entry. Returns its former state. */
  async end(id: string): Promise<'live' | 'ended' | 'missing'> {
    for (let write = 0; write < WRITES_MAX; write += 1) {
      const entry = await this.#client.get(id);
      if (!entry?.active) return entry === null ? 'missing' : 'ended';
      const { sid, sign_in } = entryOf(entry) ?? {};
      try {
        // From now on no request can sign in through this entry, so no session of a user stays open without an entry.
        await this.#client.replaceData(id, { sid }, { if_match: entry.revision });
      } catch (error) {
        if (codeOf(error) === 'REVISION_CONFLICT') continue;
        return nullIfEnded(error) ?? 'ended';
      }
      await this.#signIns.closeUnless(sign_in, null);
      await this.#client.close(id).catch(nullIfEnded);
      return 'live';
    }
    throw new SessionStoreError(
      'REVISION_CONFLICT',
      `Other requests changed the session ${WRITES_MAX} times meanwhile. Try again.`,
    );
  }
}
