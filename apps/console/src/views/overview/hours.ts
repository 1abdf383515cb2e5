import { CLOSE_REASONS, type CloseReason } from '@pip-sessions/contract/v2';
import type { HourFigures } from '../../api/types.ts';

export const HOUR_MS = 3_600_000;
/** The hours that are shown. */
export const HOURS_SHOWN = 24;
/** The shown hours, and those with which the last hour is compared. */
const HOURS_READ = HOURS_SHOWN + 2;

/** An hour with its figures. */
export interface Hour {
  /** When it began, in milliseconds. */
  readonly start: number;
  readonly opened: number;
  /** The number of sessions that ended, by reason. */
  readonly closed: Readonly<Record<CloseReason, number>>;
  readonly ended: number;
  /** Null if the service counts no rejected requests. */
  readonly refused: number | null;
  /** Sign-ins that were rejected for the limit of their users; 0 if the service counts none. */
  readonly limited: number;
}

/** All hours up to `now`, the newest first, also those in which nothing happened. */
export function allHours(items: readonly HourFigures[], now: number): readonly Hour[] {
  const known = new Map(items.map((item) => [Date.parse(item.hour), item]));
  const countsRefused = items.every(({ refused }) => refused !== null);
  const newest = Math.floor(now / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HOURS_READ }, (_, index) => {
    const start = newest - index * HOUR_MS;
    const item = known.get(start);
    const closed = Object.fromEntries(CLOSE_REASONS.map((reason) => [reason, item?.closed[reason] ?? 0]));
    return {
      start,
      opened: item?.opened ?? 0,
      closed: closed as Record<CloseReason, number>,
      ended: Object.values(closed).reduce((sum, value) => sum + value, 0),
      refused: countsRefused ? (item?.refused ?? 0) : null,
      limited: item?.limited ?? 0,
    };
  });
}

/** A figure of the last hour, and of the same hour a day before. */
export interface LastHour {
  readonly value: number;
  readonly before: number;
  /** Whether the value contains a part of the hour before, whose exact moments are not known. */
  readonly isEstimated: boolean;
}

/** The last 60 minutes: the hour so far, and the hour before in proportion to what is left of it. */
export function lastHour(hours: readonly Hour[], figure: (hour: Hour) => number, now: number): LastHour {
  const passed = partOfHour(now);
  const at = (index: number) => (hours[index] ? figure(hours[index]) : 0);
  return {
    value: Math.round(at(0) + at(1) * (1 - passed)),
    before: Math.round(at(HOURS_SHOWN) * passed + at(HOURS_SHOWN + 1) * (1 - passed)),
    isEstimated: at(1) > 0 && passed > 0,
  };
}

/** The live sessions at the end of each shown hour, the oldest first: from those now, without what came later. */
export function liveByHour(hours: readonly Hour[], live: number): readonly number[] {
  let later = 0;
  const newestFirst = hours.slice(0, HOURS_SHOWN).map((hour) => {
    const then = Math.max(0, live - later);
    later += hour.opened - hour.ended;
    return then;
  });
  return newestFirst.toReversed();
}

/** The live sessions at the same moment a day before. */
export function liveBefore(hours: readonly Hour[], live: number, now: number): number {
  const net = (hour: Hour | undefined) => (hour ? hour.opened - hour.ended : 0);
  const later = hours.slice(0, HOURS_SHOWN).reduce((sum, hour) => sum + net(hour), 0);
  return Math.max(0, Math.round(live - later - net(hours[HOURS_SHOWN]) * (1 - partOfHour(now))));
}

function partOfHour(now: number): number {
  return (now % HOUR_MS) / HOUR_MS;
}
