import { codeOf } from '../v2/error-code.ts';
import { entryOf } from './entry.ts';
import type { LibraryStoreOptions } from './options.ts';
import type { SessionFinder } from './session-finder.ts';
import type { SignIns } from './sign-ins.ts';
import { nullIfEnded, SessionStoreError } from './store-error.ts';

/** Each conflict means that another request of the same session has got through. */
const WRITES_MAX = 20;

/** Ends sessions of libraries: an entry and its sign-in together. */
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

  /** By the id of the entry. Answers what it was. */
  async end(id: string): Promise<'live' | 'ended' | 'missing'> {
    for (let write = 0; write < WRITES_MAX; write += 1) {
      const entry = await this.#client.get(id);
      if (!entry?.active) return entry === null ? 'missing' : 'ended';
      const { sid, sign_in } = entryOf(entry) ?? {};
      try {
        // From here on nobody signs in by this entry, so that no session of a user stays open behind it.
        await this.#client.replaceData(id, { sid }, { if_match: entry.revision });
      } catch (error) {
        if (codeOf(error) === 'REVISION_CONFLICT') continue;
        return nullIfEnded(error) ?? 'ended';
      }
      await this.#signIns.closeUnless(sign_in, null);
      await this.#client.close(id).catch(nullIfEnded);
      return 'live';
    }
    throw new SessionStoreError('REVISION_CONFLICT', `Others changed the session ${WRITES_MAX} times meanwhile.`);
  }
}
