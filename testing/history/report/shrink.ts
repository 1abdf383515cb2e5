import { Checker } from '../checker/checker.ts';
import type { Violation } from '../checker/violation.ts';
import type { HistoryEvent, HistorySettings } from '../history.ts';
import { concerns, scopeOf } from './scope.ts';

/** How many events may be checked while a history is shrunk: about ten seconds. */
const OBSERVED_MAX = 5_000_000;

/**
 * Finds the smallest part of a history that breaks the same promise with the same last event (delta debugging). If the
 * violation follows from a missing event, every event of its session or user stays.
 */
export function shrink(
  events: readonly HistoryEvent[],
  settings: HistorySettings,
  violation: Violation,
): readonly HistoryEvent[] {
  const last = events.at(-1);
  if (!last) return events;
  const before = events.slice(0, -1);
  const within = (of: 'session' | 'user') => {
    const scope = scopeOf(events, violation, of);
    return before.filter((event) => concerns(event, scope));
  };
  const own = violation.number === null ? 'user' : 'session';
  if (violation.is_absence) return [...within(own), last];
  let observed = 0;
  const fails = (some: readonly HistoryEvent[]) => {
    observed += some.length + 1;
    return breaks([...some, last], settings, violation);
  };
  const smallest = [within(own), within('user'), before].find(fails);
  if (!smallest) return [...within(own), last];
  return [...reduced(smallest, fails, () => observed < OBSERVED_MAX), last];
}

/** Removes parts, smaller and smaller ones, as long as the rest still fails. */
function reduced(
  events: readonly HistoryEvent[],
  fails: (some: readonly HistoryEvent[]) => boolean,
  mayGoOn: () => boolean,
): readonly HistoryEvent[] {
  let rest = events;
  for (let size = Math.ceil(rest.length / 2); mayGoOn(); ) {
    let hasShrunk = false;
    for (let first = 0; first < rest.length && mayGoOn(); ) {
      const without = [...rest.slice(0, first), ...rest.slice(first + size)];
      if (fails(without)) {
        rest = without;
        hasShrunk = true;
      } else first += size;
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (!hasShrunk) break;
  }
  return rest;
}

function breaks(events: readonly HistoryEvent[], settings: HistorySettings, violation: Violation): boolean {
  const checker = new Checker(settings, { isPart: true });
  for (const [at, event] of events.entries()) {
    const found = checker.observe(event);
    if (!found) continue;
    const isSame = found.invariant === violation.invariant && found.number === violation.number;
    return isSame && at === events.length - 1;
  }
  return false;
}
