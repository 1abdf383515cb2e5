import { CLOSE_REASONS, type CloseReason } from '@pip-sessions/contract/v2';
import { HOUR_MS, type Hour } from './hours.ts';

/**
 * Returns the values of the chart: the middles of the hours in seconds, the opened sessions, and a negative sum for each
 * reason. The sum counts the sessions that ended for this reason or for a reason before it. The largest sum comes first,
 * because later ones are drawn over it. A sum of zero is null: nothing is drawn.
 */
export function chartData(oldestFirst: readonly Hour[]): readonly (readonly (number | null)[])[] {
  const sums = CLOSE_REASONS.map((_, last) =>
    oldestFirst.map(({ closed }) => {
      const sum = CLOSE_REASONS.slice(0, last + 1).reduce((total, reason) => total + closed[reason], 0);
      return sum === 0 ? null : -sum;
    }),
  );
  return [
    oldestFirst.map(({ start }) => (start + HOUR_MS / 2) / 1_000),
    oldestFirst.map(({ opened }) => (opened === 0 ? null : opened)),
    ...sums.toReversed(),
  ];
}

/** The reason whose part of the stack has the value; null above zero. Below the stack it is the last one. */
export function reasonAt({ closed }: Hour, value: number): CloseReason | null {
  const present = CLOSE_REASONS.filter((reason) => closed[reason] > 0);
  if (value >= 0 || present.length === 0) return null;
  let sum = 0;
  for (const reason of present) {
    sum += closed[reason];
    if (-value <= sum) return reason;
  }
  return present.at(-1) ?? null;
}
