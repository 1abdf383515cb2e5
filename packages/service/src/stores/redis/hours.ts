import type { CloseReason } from '../../domain/session.ts';
import type { HourCounts } from '../../domain/store.ts';
import type { Engine } from './engine.ts';
import type { Keys } from './keys.ts';

/** The sums of all shards, the latest hour first. */
export async function hoursSince(engine: Engine, keys: Keys, since: number): Promise<HourCounts[]> {
  const hours = new Map<number, { opened: number; closed: Partial<Record<CloseReason, number>> }>();
  const found = await Promise.all(
    keys.shards.map((shard) => engine.send<readonly string[]>(shard, ['HGETALL', keys.hours(shard)])),
  );
  for (const fields of found) {
    for (let n = 0; n < fields.length; n += 2) {
      const [hour_text, what = ''] = (fields[n] ?? '').split(':');
      const [hour, count] = [Number(hour_text), Number(fields[n + 1])];
      if (hour < since) continue;
      const counts = hours.get(hour) ?? { opened: 0, closed: {} };
      hours.set(hour, counts);
      if (what === 'opened') counts.opened += count;
      else counts.closed[what as CloseReason] = (counts.closed[what as CloseReason] ?? 0) + count;
    }
  }
  return [...hours].sort(([a], [b]) => b - a).map(([hour, counts]) => ({ hour, ...counts }));
}
