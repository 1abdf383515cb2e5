import { codeOf } from '../../v2/error-code.ts';
import { entryOf } from '../entry.ts';
import type { EntryNames } from '../names.ts';
import type { LibraryStoreOptions } from '../options.ts';
import { nullIfEnded, SessionStoreError } from '../store-error.ts';
import type { SignIns } from '../users/sign-ins.ts';
import type { SessionFinder } from './session-finder.ts';

/** The maximum number of attempts. After a conflict, another request has changed the session. */
const WRITES_MAX = 20;
/** The idle timeout of an entry that is closed at once. */
const PREVENTED_S = 60;

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

  /** Ends the session of a `sid`. Returns whether the `sid` has or had one, as far as the service stores it. */
  async destroy(sid: string): Promise<boolean> {
    const first = this.#finder.places.get(sid)?.generation ?? 0;
    let isKnown = first > 0;
    for (let generation = first; ; generation += 1) {
      const found = await this.end(this.#finder.names(sid, generation).id);
      if (found !== 'missing') isKnown = true;
      if (found === 'live' || (found === 'missing' && generation > 0)) return isKnown;
    }
  }

  /** Ends an entry that may not exist yet, so that no request opens it. */
  async prevent({ sid, user_id, key, id }: EntryNames, marker: string): Promise<void> {
    const request = { user_id, client: marker, data: { sid }, idle_timeout: PREVENTED_S };
    await this.#client.open(request, { idempotency_key: key });
    await this.end(id);
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
