import { UNNOTICED_MS } from './elapsed-clock.ts';
import { EndedKeys } from './ended-keys.ts';
import { FRESH_MS } from './freshness.ts';
import { NearEntries, type NearEntry } from './near-entries.ts';
import { type PublishedChange, RecentChanges } from './recent-changes.ts';

export { FRESH_MS } from './freshness.ts';
export type { PublishedChange } from './recent-changes.ts';

/** What a load answered, and how long it may be kept. Durations are milliseconds. */
export interface Loaded<V> {
  readonly value: V;
  /** How long from the load's start on it may be answered, if no change is told; 0 keeps nothing. */
  readonly cacheable_ms: number;
  /**
   * For how long before the load's start whoever answered it may have known it, by a clock of elapsed time: 0 for one who
   * asked the store.
   */
  readonly age_ms: number;
  /** About how much memory the value takes. */
  readonly bytes: number;
  /** Of the value: changes up to it are in it. */
  readonly revision: number;
}

/** Where the values come from, and who tells of their changes (`changed` and `gap` of the cache). */
export interface NearSource<V> {
  /** An answer that was known to somebody for longer than `age_ms_max` would not be kept. */
  readonly load: (key: string, age_ms_max: number) => Promise<Loaded<V>>;
  /** What changes are told by; several keys may have the same. */
  readonly idOf: (key: string) => string;
  /** Until when nothing can have happened that was not told: a moment of `now`, which is past after any doubt. */
  readonly freshUntil: () => number;
  /** A clock of elapsed time in milliseconds: it never steps back, and runs on while the machine is suspended. */
  readonly now: () => number;
  /**
   * What is returned without a load for a key that was in memory when its end was published: such a key is never good again.
   * Left out where the value says more than that.
   */
  readonly ended?: Promise<V>;
}

export interface NearCacheBounds {
  readonly entries_max: number;
  readonly bytes_max: number;
  /** How long a value lives, from the moment when the store was asked. */
  readonly age_ms_max: number;
}

export interface NearCacheStats {
  readonly entries: number;
  readonly bytes: number;
  /** Reads that were answered from here, and those that had to be loaded. */
  readonly hits: number;
  readonly loads: number;
}

/** Loads under way that others may join; beyond, each read loads for itself. */
const LOADS_MAX = 10_000;
/** A load that takes longer is joined by nobody: what it answers is too old for who comes now. */
const JOINED_MS_MAX = 1_000;
/** So many changes are remembered for loads that they overtake. */
const CHANGES_MAX = 10_000;
/** So many keys of ended sessions are known without a load. */
const ENDED_MAX = 10_000;

const UNKNOWN: PublishedChange = Object.freeze({ revision: Number.POSITIVE_INFINITY, hasEnded: false });

interface Load<V> {
  readonly started: number;
  readonly value: Promise<V>;
}

/**
 * Answers from memory while that is safe: the feed of changes is fresh, none was told of the value since it was read
 * from the store, and neither its age nor its own deadline has passed. Otherwise it loads, once for all who ask at the
 * same time. Nothing is kept that a change may have overtaken on its way.
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

  /** Rejects as `load` does; a fault keeps nothing and forgets nothing. */
  read(key: string): Promise<V> {
    const now = this.#source.now();
    return this.#hit(key, now)?.promise ?? this.#load(key, now);
  }

  /** The value where it can be answered from memory now; undefined where it would have to be loaded. */
  peek(key: string): V | undefined {
    return this.#hit(key, this.#source.now())?.value;
  }

  /** Keeps what came otherwise than by a load, which was started at a moment of `now`. */
  keep(key: string, loaded: Loaded<V>, started: number): void {
    this.#keep(key, this.#source.idOf(key), loaded, started);
  }

  /** What is known of this id may be true no more; without a change, whatever it is. */
  changed(id: string, change: PublishedChange = UNKNOWN): void {
    this.#changes.note(id, change, this.#source.now());
    if (change.hasEnded && this.#source.ended) this.#noteEnds(id);
    this.#entries.deleteId(id);
  }

  /** Asks for it anew at its next read. */
  forget(id: string): void {
    this.#entries.deleteId(id);
  }

  /** Changes may have been missed: what is known of any id may be true no more. */
  gap(): void {
    this.#changes.noteAll(this.#source.now());
    this.#entries.clear();
  }

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
    const age_ms_max = Math.min(this.#age_ms_max, started - this.#changes.beginning) - UNNOTICED_MS;
    const loaded = await this.#source.load(key, Math.max(0, age_ms_max));
    this.#keep(key, id, loaded, started);
    return loaded.value;
  }

  /**
   * A change that is published now happened after the feed's last watermark. So the end is of the session that an entry shows
   * if the entry was read before that: a session that was opened again under the same id was read later.
   */
  #noteEnds(id: string): void {
    const watermark = this.#source.freshUntil() - FRESH_MS;
    for (const { key, read_at } of this.#entries.ofId(id)) if (read_at < watermark) this.#ended.add(key);
  }

  #keep(key: string, id: string, { value, cacheable_ms, age_ms, bytes, revision }: Loaded<V>, started: number): void {
    // The store was asked no earlier than this, whatever has delayed the request and its answer, and whatever the clock
    // that says the age has not noticed.
    const read_at = age_ms === 0 ? started : started - age_ms - UNNOTICED_MS;
    const until = Math.min(started + cacheable_ms, read_at + this.#age_ms_max);
    if (this.#source.now() >= until || this.#changes.since(id, read_at, revision)) return;
    this.#entries.set({ key, id, value, promise: Promise.resolve(value), until, read_at, bytes, next: null });
  }
}
