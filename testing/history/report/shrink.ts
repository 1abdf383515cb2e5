import { Checker } from '../checker/checker.ts';
import type { Violation } from '../checker/violation.ts';
import type { HistoryEvent, HistorySettings, Seen } from '../history.ts';

/** How many events are checked while a history is shrunk: about ten seconds. */
const OBSERVED_MAX = 3_000_000;

/**
 * The smallest part of a history that breaks the same promise with the same last event (delta debugging). Where the
 * violation follows from what is not in the history, every event of its session or user stays.
 */
export function shrink(
  events: readonly HistoryEvent[],
  settings: HistorySettings,
  violation: Violation,
): readonly HistoryEvent[] {
  const last = events.at(-1);
  if (!last) return events;
  const before = events.slice(0, -1);
  const scopes = [
    before.filter((event) => isOfSession(event, violation)),
    before.filter((event) => isOfUser(event, violation)),
    before,
  ];
  let observed = 0;
  const isSame = (some: readonly HistoryEvent[]) => {
    observed += some.length + 1;
    return breaks([...some, last], settings, violation);
  };
  const scope = scopes.find((some) => isSame(some));
  if (!scope) return [...(scopes[0] ?? []), last];
  if (violation.is_absence) return [...scope, last];
  return [...reduced(scope, isSame, () => observed < OBSERVED_MAX), last];
}

/** Without ever larger or smaller parts, as long as the rest still fails. */
function reduced(
  events: readonly HistoryEvent[],
  fails: (some: readonly HistoryEvent[]) => boolean,
  mayGoOn: () => boolean,
): readonly HistoryEvent[] {
  let rest = events;
  for (let parts = 2; rest.length > 0 && mayGoOn(); ) {
    const size = Math.ceil(rest.length / parts);
    let hasShrunk = false;
    for (let first = 0; first < rest.length && mayGoOn(); ) {
      const without = [...rest.slice(0, first), ...rest.slice(first + size)];
      if (fails(without)) {
        rest = without;
        hasShrunk = true;
      } else first += size;
    }
    if (size === 1 && !hasShrunk) return rest;
    parts = Math.min(rest.length, hasShrunk ? Math.max(2, parts - 1) : parts * 2);
  }
  return rest;
}

function breaks(events: readonly HistoryEvent[], settings: HistorySettings, violation: Violation): boolean {
  const checker = new Checker(settings);
  for (const [at, event] of events.entries()) {
    const found = checker.observe(event);
    if (!found) continue;
    const isSame = found.invariant === violation.invariant && found.number === violation.number;
    return isSame && at === events.length - 1;
  }
  return false;
}

function isOfSession(event: HistoryEvent, { number }: Violation): boolean {
  if (number === null) return false;
  return concerns(event, (seen) => seen.number === number, number);
}

function isOfUser(event: HistoryEvent, { user }: Violation): boolean {
  if (user === null) return false;
  return concerns(event, (seen) => seen.user === user, null, user);
}

function concerns(
  event: HistoryEvent,
  isOurs: (seen: Seen) => boolean,
  number: number | null,
  user: string | null = null,
): boolean {
  switch (event.type) {
    case 'clock':
    case 'gap':
    case 'silent':
    case 'emptied':
      return true;
    case 'pages':
    case 'rest':
      return event.sessions.some(isOurs);
    case 'invoked':
      return isOpen(event, number, user) || event.operation.kind !== 'open';
    case 'answered': {
      const { result, operation } = event;
      if ('session' in result) return isOurs(result.session);
      if (result.is === 'page') return result.sessions.some(isOurs) || ofUser(operation, user);
      return isOpen(event, number, user) || 'id' in operation || ofUser(operation, user);
    }
    default:
      return true;
  }
}

function isOpen({ operation }: { operation: { kind: string } }, number: number | null, user: string | null): boolean {
  if (!('number' in operation && 'user' in operation)) return false;
  return number === null ? operation.user === user : operation.number === number;
}

function ofUser(operation: { readonly kind: string }, user: string | null): boolean {
  if (user === null || !('filter' in operation)) return false;
  const { user_id } = operation.filter as { user_id?: string };
  return user_id === undefined || user_id === user;
}
