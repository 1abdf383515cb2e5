import type { Held } from '../entry.ts';
import { fromStored, type LibraryJson } from '../library-json.ts';
import type { LibraryStoreOptions } from '../options.ts';
import { SessionStoreError } from '../store-error.ts';
import type { SessionEndings } from './session-endings.ts';
import type { SessionFinder } from './session-finder.ts';

/** The maximum number of sessions that `all` returns, since it holds them all in memory. */
const ALL_MAX = 10_000;
const PARALLEL_MAX = 16;

type ListedSession = Pick<Held, 'sid' | 'data'>;
/** A session of a library, with its `sid` as `id`. */
export type NamedSession = LibraryJson & { readonly id: string };

/** All sessions of one store. */
export class SessionList {
  readonly #client: LibraryStoreOptions['client'];
  readonly #marker: string;
  readonly #finder: SessionFinder;
  readonly #endings: SessionEndings;

  constructor(client: LibraryStoreOptions['client'], marker: string, finder: SessionFinder, endings: SessionEndings) {
    this.#client = client;
    this.#marker = marker;
    this.#finder = finder;
    this.#endings = endings;
  }

  /** Returns all live sessions, at most 10,000. */
  async all(): Promise<NamedSession[]> {
    const listed = await this.#listed();
    return listed.map(({ sid, data }) => ({ ...fromStored(data), id: sid }));
  }

  /** Returns the ids of all live sessions, at most 10,000. */
  async ids(): Promise<string[]> {
    const listed = await this.#listed();
    return listed.map(({ sid }) => sid);
  }

  async #listed(): Promise<readonly ListedSession[]> {
    const found: ListedSession[] = [];
    for await (const ids of this.#batches()) {
      const batch = await Promise.all(ids.map((id) => this.#sessionOf(id)));
      found.push(...batch.filter((session) => session !== null));
      if (found.length > ALL_MAX) {
        throw new SessionStoreError(
          'TOO_MANY_SESSIONS',
          `There are more than ${ALL_MAX} sessions: list them page by page with the client.`,
        );
      }
    }
    return found;
  }

  /** Returns the number of live entries. It includes users who were revoked elsewhere and have not returned since. */
  count(): Promise<number> {
    return this.#client.count(this.#own());
  }

  async clear(): Promise<void> {
    for await (const ids of this.#batches()) await Promise.all(ids.map((id) => this.#endings.end(id)));
  }

  async #sessionOf(id: string): Promise<ListedSession | null> {
    const entry = await this.#client.get(id);
    return entry?.active ? this.#finder.listed(entry) : null;
  }

  #own() {
    return { client: this.#marker, active: true } as const;
  }

  async *#batches(): AsyncGenerator<readonly string[], void, undefined> {
    let ids: string[] = [];
    for await (const { id } of this.#client.all(this.#own())) {
      ids.push(id);
      if (ids.length < PARALLEL_MAX) continue;
      yield ids;
      ids = [];
    }
    yield ids;
  }
}
