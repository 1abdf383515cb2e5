import type { Violation } from '../checker/violation.ts';
import type { Outcome } from '../driver/driver.ts';
import { lineOf } from './event-line.ts';
import { shrink } from './shrink.ts';

/** How many of the last events are shown if the history cannot be shrunk. */
const LINES_MAX = 80;

/** The violation, and the smallest history that has it, with one line per event. */
export function violationText(
  { events, settings }: Pick<Outcome, 'events' | 'settings'>,
  violation: Violation,
): string {
  const smallest = shrink(events, settings, violation);
  const [first] = smallest;
  const origin = first ? ('start' in first ? first.start : first.time) : 0;
  const lines = smallest.slice(-LINES_MAX).map((event) => lineOf(event, origin, settings, violation));
  return `\nVIOLATION of ${violation.invariant}: ${violation.message}\n\n${lines.join('\n')}\n\n`;
}
