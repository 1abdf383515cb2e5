import { setImmediate } from 'node:timers/promises';
import type { ShardRouter } from '../topology/shard-router.ts';
import type { Index, Keys, Shard } from './keys.ts';
import { PAGE } from './scripts/page.ts';

/** An index entry: the position of a session in an order, and whether it is live. */
export interface Entry {
  readonly shard: Shard;
  readonly id: string;
  readonly score: number;
  /** Null if the session has ended. */
  readonly due: number | null;
}

/**
 * A place in an order: after the entry with this score and id, or, without an id, after all entries with this score.
 */
export interface Place {
  readonly score: number;
  readonly id: string | null;
}

/** Selects an index in some shards, for one user or for all. */
export interface ScanOf {
  readonly index: Exclude<Index, 'due' | 'ended'>;
  readonly user_id: string | undefined;
}

/**
 * How many entries are fetched from a shard at a time: at first, and at most. 1,000 entries keep a server busy for 2
 * ms.
 */
const PIECE_MIN = 16;
export const PIECE_MAX = 1_000;
/** How many entries are fetched from all shards at the same time: other requests wait for them at the servers. */
const ENTRIES_AT_ONCE_MAX = 2_000;
/** How many entries are returned before the event loop can do other work: about 1 ms. */
const ENTRIES_PER_TURN = 512;

/**
 * Iterates over all entries after a place, merged over all shards in one order: the next entry is the smallest of the
 * shards' next entries. One piece of each shard is in memory, and is fetched when it is needed.
 *
 * A touched session moves to the front of the order of activity. So a scan in that order can miss a session between two
 * pieces of a shard. While `isOnePieceEach` is true, it has missed none.
 */
export class MergedScan implements AsyncIterable<Entry> {
  readonly index: ScanOf['index'];
  readonly piece: number;
  readonly #sources: readonly Source[];

  constructor(engine: ShardRouter, keys: Keys, { index, user_id }: ScanOf, after: Place, wanted: number) {
    const shards = user_id === undefined ? keys.shards : keys.shardsOf(user_id);
    const piece = Math.max(PIECE_MIN, Math.min(PIECE_MAX, Math.ceil((2 * wanted) / shards.length)));
    const names = (shard: Shard) =>
      user_id === undefined
        ? [keys.index(shard, index), keys.index(shard, 'due')]
        : [keys.userIndex(shard, index, user_id), keys.userIndex(shard, 'due', user_id)];
    this.index = index;
    this.piece = piece;
    this.#sources = shards.map((shard) => new Source(engine, shard, names(shard), after, piece));
  }

  get isOnePieceEach(): boolean {
    return this.#sources.every(({ pieces }) => pieces <= 1);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry> {
    await this.#fillAll();
    for (let passed = 1; ; passed += 1) {
      if (passed % ENTRIES_PER_TURN === 0) await setImmediate();
      let first: Source | null = null;
      for (const source of this.#sources)
        if (source.head && (!first?.head || isBefore(source.head, first.head))) first = source;
      if (!first?.head) return;
      yield first.head;
      first.drop();
      if (!first.head) await first.fill();
    }
  }

  async #fillAll(): Promise<void> {
    const waiting = this.#sources.values();
    const fillNext = async () => {
      for (const source of waiting) await source.fill();
    };
    const at_once = Math.ceil(ENTRIES_AT_ONCE_MAX / this.piece);
    await Promise.all(Array.from({ length: at_once }, fillNext));
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.score < b.score || (a.score === b.score && a.id < b.id);
}

/** The remaining entries of one shard. */
class Source {
  readonly #engine: ShardRouter;
  readonly #shard: Shard;
  readonly #names: readonly string[];
  #place: Place;
  #piece: number;
  #entries: readonly Entry[] = [];
  #at = 0;
  #isAtEnd = false;
  /** How many pieces were fetched. */
  pieces = 0;

  constructor(engine: ShardRouter, shard: Shard, names: readonly string[], after: Place, piece: number) {
    this.#engine = engine;
    this.#shard = shard;
    this.#names = names;
    this.#place = after;
    this.#piece = piece;
  }

  get head(): Entry | undefined {
    return this.#entries[this.#at];
  }

  drop(): void {
    this.#at += 1;
  }

  async fill(): Promise<void> {
    if (this.#isAtEnd) return;
    const { score, id } = this.#place;
    const values = [score === Number.NEGATIVE_INFINITY ? '-inf' : String(score), id ?? '', String(this.#piece)];
    const found = await this.#engine.run<readonly string[]>(this.#shard, PAGE, this.#names, values);
    this.pieces += 1;
    const entries: Entry[] = [];
    for (let n = 0; n < found.length; n += 3) {
      const due = found[n + 2] ?? '';
      const entry = { shard: this.#shard, id: found[n] ?? '', score: Number(found[n + 1]) };
      entries.push({ ...entry, due: due === '' ? null : Number(due) });
    }
    this.#isAtEnd = entries.length < this.#piece;
    this.#piece = Math.min(PIECE_MAX, this.#piece * 2);
    this.#entries = entries;
    this.#at = 0;
    const last = entries.at(-1);
    if (last) this.#place = { score: last.score, id: last.id };
  }
}
