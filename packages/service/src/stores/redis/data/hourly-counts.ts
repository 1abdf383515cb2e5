import type { HourCounts } from '../../../domain/store.ts';
import { HourlySums, type HourSum, toHours } from '../../shared/hourly-counts.ts';
import type { ShardRouter } from '../topology/shard-router.ts';
import type { Keys } from './keys.ts';

/** The sums over all shards, the latest hour first. */
export async function hoursSince(engine: ShardRouter, keys: Keys, since: number): Promise<HourCounts[]> {
  const sums = new HourlySums();
  const found = await Promise.all(
    keys.shards.map((shard) => engine.send<readonly string[]>(shard, ['HGETALL', keys.hours(shard)])),
  );
  for (const fields of found) {
    for (let n = 0; n < fields.length; n += 2) {
      const [hour, what] = (fields[n] ?? '').split(':');
      if (Number(hour) >= since) sums.count(what as HourSum['what'], Number(hour), Number(fields[n + 1]));
    }
  }
  const latestFirst = sums.all().toReversed();
  return toHours(latestFirst.map(({ hour, what, count }) => [hour, what, count]));
}
