import { setImmediate } from 'node:timers/promises';
import type { ShardRouter } from '../topology/shard-router.ts';
import type { Index, Keys, Shard } from './keys.ts';
import { PAGE } from './scripts/page.ts';

/** An index entry: enough to know where a session stands in an order, and whether it is live. */
export interface Entry {
  readonly shard: Shard;
  readonly id: string;
  readonly score: number;
  /** Null when it has ended. */
  readonly due: number | null;
}

/** A place in an order: after the entry of that score and id, or after all of that score. */
export interface Place {
  readonly score: number;
  readonly id: string | null;
}

/** One index of each of some shards, of one user or of all. */
export interface ScanOf {
  readonly index: Exclude<Index, 'due' | 'ended'>;
  readonly user_id: string | undefined;
}

/** How many entries are fetched from a shard at a time: at first, and at most. 1,000 keep a server busy for 2 ms. */
const PIECE_MIN = 16;
export const PIECE_MAX = 1_000;
/** Entries that are fetched at the same time, from all shards: the requests of others wait for these at a server. */
const ENTRIES_AT_ONCE_MAX = 2_000;
/** Entries that are passed on before other work of the event loop has its turn: about 1 ms. */
const ENTRIES_PER_TURN = 512;

/**
 * All entries after a place, in one order over all shards: the next one is the least of what each shard has next. Of each
 * shard a piece is in memory, and it is fetched when it is needed; whoever takes little fetches little.
 *
 * A session that is touched moves to the front of the order of activity, so a walk of it can pass one by unseen between two
 * pieces of a shard. While `isOnePieceEach`, none was passed by.
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

/** What one shard has left. */
class Source {
  readonly #engine: ShardRouter;
  readonly #shard: Shard;
  readonly #names: readonly string[];
  #place: Place;
  #piece: number;
  #entries: readonly Entry[] = [];
  #at = 0;
  #isAtEnd = false;
  /** How many were fetched. */
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
