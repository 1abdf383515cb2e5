import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ShardRouter } from '../topology/shard-router.ts';
import { Keys } from './keys.ts';
import { MergedScan, PIECE_MAX } from './merged-scan.ts';

const START = { score: Number.NEGATIVE_INFINITY, id: null };

/** Shards that each have one full piece. Records the maximum number of entries that were requested at the same time. */
class Shards {
  entries_at_once = 0;
  #underWay = 0;
  readonly #asked = new Set<string>();

  async run(shard: string, _script: unknown, _names: unknown, [, , piece = '']: readonly string[]): Promise<string[]> {
    this.#underWay += Number(piece);
    this.entries_at_once = Math.max(this.entries_at_once, this.#underWay);
    await nextTurn();
    this.#underWay -= Number(piece);
    if (this.#asked.has(shard)) return [];
    this.#asked.add(shard);
    return Array.from({ length: Number(piece) }, (_, n) => [`${shard}-${n}`, String(n), '']).flat();
  }
}

test('redis: a long scan fetches a limited number of entries at a time', async () => {
  const shards = new Shards();
  const scan = new MergedScan(
    shards as unknown as ShardRouter,
    new Keys('p', 16),
    { index: 'active', user_id: undefined },
    START,
    500_000,
  );
  let entries = 0;
  let in_one_turn = 0;
  let longest = 0;
  for await (const _ of scan) {
    if (in_one_turn === 0) {
      setImmediate(() => {
        in_one_turn = 0;
      });
    }
    entries += 1;
    in_one_turn += 1;
    longest = Math.max(longest, in_one_turn);
  }
  assert.equal(entries, 17 * PIECE_MAX);
  assert.equal(shards.entries_at_once, 2 * PIECE_MAX);
  assert.ok(longest <= PIECE_MAX, `${longest} entries in one turn of the event loop`);
});
