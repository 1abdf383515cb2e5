import type { Shard } from '../data/keys.ts';
import type { ShardRouter } from '../topology/shard-router.ts';

/** How many entries one command may look at. */
const COUNT = 500;

/** Returns the ids in an index, in parts. An id may come twice. */
export async function* idsIn(
  engine: ShardRouter,
  shard: Shard,
  index: string,
): AsyncGenerator<string[], void, undefined> {
  let cursor = '0';
  do {
    const [next, pairs] = await engine.send<[string, string[]]>(shard, [
      'ZSCAN',
      index,
      cursor,
      'COUNT',
      String(COUNT),
    ]);
    const ids = pairs.filter((_, place) => place % 2 === 0);
    if (ids.length > 0) yield ids;
    cursor = next;
  } while (cursor !== '0');
}
