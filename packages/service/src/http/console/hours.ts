import type { HourCounts } from '../../domain/store.ts';
import type { Clock } from '../../domain/time/clock.ts';
import { isoTime } from '../../domain/time/iso-time.ts';
import { INCIDENT_HOURS } from '../../observability/metrics/hourly-incidents.ts';
import type { ConsoleOptions, NodeState } from './options.ts';

const HOUR_MS = 3_600_000;

type Figures = Omit<HourCounts, 'hour'> & {
  /** Requests whose key, scope, origin or token was rejected. */
  readonly refused: number | null;
  /** Sign-ins that were rejected because the user had as many sessions as the limit allows. */
  readonly limited: number | null;
};

/**
 * Returns the response to `GET /console/api/hours`: the sessions that were opened and closed, and the requests that this
 * node rejected (null if it counts none). It has a day, and the two hours before it, with which the last hour is compared.
 */
export async function recentHours({ hours }: ConsoleOptions, { incidents }: NodeState, clock: Clock): Promise<object> {
  const now = clock.now();
  const counts = await hours((Math.floor(now / HOUR_MS) - INCIDENT_HOURS + 1) * HOUR_MS);
  const none: Figures = { opened: 0, closed: {}, refused: incidents && 0, limited: incidents && 0 };
  const all = new Map<number, Figures>();
  for (const { hour, count } of incidents?.refused.read(now) ?? []) all.set(hour, { ...none, refused: count });
  for (const { hour, count } of incidents?.limited.read(now) ?? []) {
    all.set(hour, { ...none, ...all.get(hour), limited: count });
  }
  for (const { hour, ...figures } of counts) all.set(hour, { ...none, ...all.get(hour), ...figures });
  const newestFirst = [...all].sort(([one], [other]) => other - one);
  return { items: newestFirst.map(([hour, figures]) => ({ hour: isoTime(hour), ...figures })) };
}
