import { UNNOTICED_MS } from './elapsed-clock.ts';
import { EndedKeys } from './ended-keys.ts';
import { FRESH_MS } from './freshness.ts';
import { NearEntries, type NearEntry } from './near-entries.ts';
import { type PublishedChange, RecentChanges } from './recent-changes.ts';

export { FRESH_MS } from './freshness.ts';
export type { PublishedChange } from './recent-changes.ts';

/** The result of a load, and how long it may be cached. Durations are milliseconds. */
export interface Loaded<V> {
  /** The value that `read` returns. */
  readonly value: V;
  /**
   * How long the value may be cached if no change is published, counted from the start of the load; 0 for not at all.
   */
  readonly cacheable_ms: number;
  /** Age of the value when the load started, by a clock of elapsed time; 0 if it was read from the store. */
  readonly age_ms: number;
  /** The approximate size of the value in bytes. */
  readonly bytes: number;
  /** The revision of the value. It includes all changes up to this revision. */
  readonly revision: number;
}

/** The source of the values. It also publishes their changes, through `changed` and `gap` of the cache. */
export interface NearSource<V> {
  /** Loads the value of a key. The cache would not store a value older than `age_ms_max`, in milliseconds. */
  readonly load: (key: string, age_ms_max: number) => Promise<Loaded<V>>;
  /** Returns the id under which changes of a key are published. Several keys may have the same id. */
  readonly idOf: (key: string) => string;
  /**
   * Returns the moment of `now` until which cached values may be served: the feed's last watermark plus `FRESH_MS`. It
   * must be in the past as soon as the feed may have missed changes.
   */
  readonly freshUntil: () => number;
  /** A clock of elapsed time in milliseconds. It never steps back, and it runs while the machine is suspended. */
  readonly now: () => number;
  /**
   * The value of a key whose end was published while it was cached: it is returned without a load, because such a key
   * never becomes valid again. Omitted if the value says more than that.
   */
  readonly ended?: Promise<V>;
}

/** The bounds of a cache. */
export interface NearCacheBounds {
  /** The maximum number of entries. */
  readonly entries_max: number;
  /** The maximum size of all entries in bytes, by the estimates of `Loaded.bytes`. */
  readonly bytes_max: number;
  /** The maximum age of a value in milliseconds, counted from the moment when the store was read. */
  readonly age_ms_max: number;
}

/** The statistics of a cache. */
export interface NearCacheStats {
  /** The number of entries. */
  readonly entries: number;
  /** The approximate size of all entries in bytes. */
  readonly bytes: number;
  /** The number of reads and peeks that the cache served. */
  readonly hits: number;
  /** The number of loads. */
  readonly loads: number;
}

/** The maximum number of pending loads that other reads can join. With more, each read loads for itself. */
const LOADS_MAX = 10_000;
/** No read joins a load that is older than this, in milliseconds: its result would be too old. */
const JOINED_MS_MAX = 1_000;
/** The number of recent changes that are remembered, to discard loads that they overtake. */
const CHANGES_MAX = 10_000;
/** The number of keys of ended sessions that are returned without a load. */
const ENDED_MAX = 10_000;

const UNKNOWN: PublishedChange = Object.freeze({ revision: Number.POSITIVE_INFINITY, hasEnded: false });

interface Load<V> {
  readonly started: number;
  readonly value: Promise<V>;
}

/**
 * A read-through cache. It serves a value only while its feed of changes is fresh. It does not serve a value that has
 * changed since it was read from the store, or that is past its maximum age or its own deadline.
 *
 * Otherwise it loads the value, once for all concurrent reads of a key. A load that a change may have overtaken is
 * returned but not cached.
 *
 * @example
 * import { FRESH_MS, NearCache } from '@pip-sessions/near-cache';
 *
 * let watermark = 0; // set by the heartbeats of your feed of changes, by the same clock as `now`
 * const now = () => performance.now();
 * const cache = new NearCache<string>(
 *   {
 *     load: async (key) => ({ value: `value of ${key}`, cacheable_ms: 60_000, age_ms: 0, bytes: 100, revision: 1 }),
 *     idOf: (key) => key,
 *     freshUntil: () => watermark + FRESH_MS,
 *     now,
 *   },
 *   { entries_max: 1_000, bytes_max: 1_000_000, age_ms_max: 60_000 },
 * );
 * watermark = now();
 * console.log(await cache.read('a'));
 * cache.changed('a'); // the next read loads it again
 */
export class NearCache<V> {
  readonly #source: NearSource<V>;
  readonly #age_ms_max: number;
  readonly #entries: NearEntries<V>;
  readonly #changes = new RecentChanges(CHANGES_MAX);
  readonly #ended = new EndedKeys(ENDED_MAX);
  readonly #loads = new Map<string, Load<V>>();
  #hits = 0;
  #loaded = 0;

  constructor(source: NearSource<V>, { entries_max, bytes_max, age_ms_max }: NearCacheBounds) {
    this.#source = source;
    this.#age_ms_max = age_ms_max;
    this.#entries = new NearEntries(entries_max, bytes_max);
  }

  /**
   * Returns the value of a key from the cache, or loads it. Rejects as `load` does. A failed load caches nothing and
   * evicts nothing.
   */
  read(key: string): Promise<V> {
    const now = this.#source.now();
    return this.#hit(key, now)?.promise ?? this.#load(key, now);
  }

  /** Returns the value if it can be served from the cache now; undefined if it would have to be loaded. */
  peek(key: string): V | undefined {
    return this.#hit(key, this.#source.now())?.value;
  }

  /** Like `peek`, with the age of the value, and how long it may still be cached. */
  peekAged(key: string): Pick<Loaded<V>, 'value' | 'age_ms' | 'cacheable_ms'> | undefined {
    const now = this.#source.now();
    const entry = this.#hit(key, now);
    return entry && { value: entry.value, age_ms: now - entry.read_at, cacheable_ms: entry.until - now };
  }

  /** The maximum age of a value that this cache stores, in milliseconds, for a load that starts at `started`. */
  ageMax(started: number): number {
    return Math.max(0, Math.min(this.#age_ms_max, started - this.#changes.beginning) - UNNOTICED_MS);
  }

  /** Caches a value that was not loaded by `read`. `started` is the moment of `now` at which its request started. */
  keep(key: string, loaded: Loaded<V>, started: number): void {
    this.#keep(key, this.#source.idOf(key), loaded, started);
  }

  /**
   * Evicts all entries of an id. Without `change`, pending loads of the id are not cached either, whatever their
   * revision.
   */
  changed(id: string, change: PublishedChange = UNKNOWN): void {
    this.#changes.note(id, change, this.#source.now());
    if (change.hasEnded && this.#source.ended) this.#noteEnds(id);
    this.#entries.deleteId(id);
  }

  /** Evicts all entries of an id, so that the next read loads them. */
  forget(id: string): void {
    this.#entries.deleteId(id);
  }

  /** Evicts all entries, because the feed may have missed changes. */
  gap(): void {
    this.#changes.noteAll(this.#source.now());
    this.#entries.clear();
  }

  /** Returns the statistics of this cache. */
  stats(): NearCacheStats {
    const { size: entries, bytes } = this.#entries;
    return { entries, bytes, hits: this.#hits, loads: this.#loaded };
  }

  #hit(key: string, now: number): NearEntry<V> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || now >= entry.until || now >= this.#source.freshUntil()) return undefined;
    this.#hits += 1;
    return entry;
  }

  #load(key: string, started: number): Promise<V> {
    const id = this.#source.idOf(key);
    if (this.#source.ended && this.#ended.has(key)) return this.#source.ended;
    const joined = this.#loads.get(key);
    const isTooOld = joined && (started - joined.started > JOINED_MS_MAX || this.#changes.since(id, joined.started));
    if (joined && !isTooOld) return joined.value;
    this.#loaded += 1;
    const value = this.#loadAndKeep(key, id, started);
    if (!joined && this.#loads.size >= LOADS_MAX) return value;
    const load: Load<V> = { started, value };
    this.#loads.set(key, load);
    const end = () => {
      if (this.#loads.get(key) === load) this.#loads.delete(key);
    };
    value.then(end, end);
    return value;
  }

  async #loadAndKeep(key: string, id: string, started: number): Promise<V> {
    const loaded = await this.#source.load(key, this.ageMax(started));
    this.#keep(key, id, loaded, started);
    return loaded.value;
  }

  /**
   * A change that is published now happened after the feed's last watermark. An entry that was read before that
   * watermark shows the session that has ended. A later entry may show a session that was opened again under the same
   * id.
   */
  #noteEnds(id: string): void {
    const watermark = this.#source.freshUntil() - FRESH_MS;
    for (const { key, read_at } of this.#entries.ofId(id)) if (read_at < watermark) this.#ended.add(key);
  }

  #keep(key: string, id: string, { value, cacheable_ms, age_ms, bytes, revision }: Loaded<V>, started: number): void {
    // The store was read no earlier than this: whatever delayed the request and its response, and whatever difference
    // the clock behind `age_ms` did not detect.
    const read_at = age_ms === 0 ? started : started - age_ms - UNNOTICED_MS;
    const until = Math.min(started + cacheable_ms, read_at + this.#age_ms_max);
    if (this.#source.now() >= until || this.#changes.since(id, read_at, revision)) return;
    this.#entries.set({ key, id, value, promise: Promise.resolve(value), until, read_at, bytes, next: null });
  }
}
