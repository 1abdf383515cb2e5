export interface NearEntry<V> {
  readonly key: string;
  readonly id: string;
  readonly value: V;
  /** The value as a promise. Every hit returns the same promise, which costs nothing. */
  readonly promise: Promise<V>;
  readonly until: number;
  /** The value is no older than this moment. */
  readonly read_at: number;
  readonly bytes: number;
  /** The next entry of the same id. */
  next: NearEntry<V> | null;
}

/** The memory of one entry beside its value, in bytes: its key, its promise, the object and two places in maps. */
const ENTRY_BYTES = 500;

/**
 * Entries by key, within a maximum count and size. There are two generations. When the young one is full, it becomes
 * the old one, and the entries that are still in the old one are evicted. A hit in the young generation moves nothing,
 * unlike in a list ordered by use.
 */
export class NearEntries<V> {
  readonly #count_max: number;
  readonly #bytes_max: number;
  #young = new Generation<V>();
  #old = new Generation<V>();

  constructor(count_max: number, bytes_max: number) {
    this.#count_max = Math.ceil(count_max / 2);
    this.#bytes_max = Math.ceil(bytes_max / 2);
  }

  get size(): number {
    return this.#young.byKey.size + this.#old.byKey.size;
  }

  get bytes(): number {
    return this.#young.bytes + this.#old.bytes;
  }

  get(key: string): NearEntry<V> | undefined {
    return this.#young.byKey.get(key) ?? this.#promoted(key);
  }

  set(entry: NearEntry<V>): void {
    this.#young.delete(entry.key);
    this.#old.delete(entry.key);
    const bytes = entry.bytes + ENTRY_BYTES;
    if (bytes > this.#bytes_max) return;
    if (this.#young.byKey.size >= this.#count_max || this.#young.bytes + bytes > this.#bytes_max) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    this.#young.add(entry);
  }

  *ofId(id: string): Generator<NearEntry<V>> {
    yield* this.#young.ofId(id);
    yield* this.#old.ofId(id);
  }

  deleteId(id: string): void {
    this.#young.deleteId(id);
    this.#old.deleteId(id);
  }

  clear(): void {
    this.#young = new Generation();
    this.#old = new Generation();
  }

  #promoted(key: string): NearEntry<V> | undefined {
    const entry = this.#old.byKey.get(key);
    if (entry) this.set(entry);
    return entry;
  }
}

class Generation<V> {
  readonly byKey = new Map<string, NearEntry<V>>();
  readonly byId = new Map<string, NearEntry<V>>();
  bytes = 0;

  add(entry: NearEntry<V>): void {
    entry.next = this.byId.get(entry.id) ?? null;
    this.byKey.set(entry.key, entry);
    this.byId.set(entry.id, entry);
    this.bytes += entry.bytes + ENTRY_BYTES;
  }

  delete(key: string): void {
    const entry = this.byKey.get(key);
    if (!entry) return;
    this.byKey.delete(key);
    this.bytes -= entry.bytes + ENTRY_BYTES;
    const first = this.byId.get(entry.id);
    if (first === entry) {
      if (entry.next) this.byId.set(entry.id, entry.next);
      else this.byId.delete(entry.id);
      return;
    }
    for (let other = first; other; other = other.next ?? undefined) {
      if (other.next === entry) other.next = entry.next;
    }
  }

  *ofId(id: string): Generator<NearEntry<V>> {
    for (let entry = this.byId.get(id) ?? null; entry; entry = entry.next) yield entry;
  }

  deleteId(id: string): void {
    for (let entry = this.byId.get(id) ?? null; entry; entry = entry.next) {
      this.byKey.delete(entry.key);
      this.bytes -= entry.bytes + ENTRY_BYTES;
    }
    this.byId.delete(id);
  }
}
