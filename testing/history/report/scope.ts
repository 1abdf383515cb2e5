import type { SessionFilter } from '../../../packages/service/src/domain/store.ts';
import type { Violation } from '../checker/violation.ts';
import type { HistoryEvent, Operation, Result, Seen } from '../history.ts';

/** The sessions that a violation concerns. */
export interface Scope {
  readonly user: string | null;
  readonly numbers: ReadonlySet<number>;
  readonly ids: ReadonlySet<string>;
}

/** The one session of a violation, or all sessions of its user. */
export function scopeOf(events: readonly HistoryEvent[], violation: Violation, of: 'session' | 'user'): Scope {
  const { user, number } = violation;
  const numbers = new Set<number>(number === null ? [] : [number]);
  const ids = new Set<string>();
  for (const event of events) {
    for (const seen of sessionsOf(event)) {
      if (of === 'session' ? seen.number !== number : seen.user !== user) continue;
      numbers.add(seen.number);
      ids.add(seen.id);
    }
  }
  return { user, numbers, ids };
}

/** Whether an event concerns these sessions. */
export function concerns(event: HistoryEvent, scope: Scope): boolean {
  switch (event.type) {
    case 'delivered':
      return scope.ids.has(event.id);
    case 'invoked':
      return concernsOperation(event.operation, scope);
    case 'answered':
      return concernsOperation(event.operation, scope) || concernsResult(event.result, scope);
    case 'pages':
      return isOfUser(event.filter, scope) || sessionsOf(event).some(({ number }) => scope.numbers.has(number));
    case 'rest':
      return sessionsOf(event).some(({ number }) => scope.numbers.has(number));
    case 'retired':
      return event.numbers.some((number) => scope.numbers.has(number));
    default:
      return true;
  }
}

function sessionsOf(event: HistoryEvent): readonly Seen[] {
  if (event.type === 'pages' || event.type === 'rest') return event.sessions;
  if (event.type !== 'answered') return [];
  if ('session' in event.result) return [event.result.session];
  return event.result.is === 'page' ? event.result.sessions : [];
}

function concernsOperation(operation: Operation, scope: Scope): boolean {
  if (operation.kind === 'open') return scope.numbers.has(operation.number) || operation.user === scope.user;
  if ('id' in operation) return scope.ids.has(operation.id);
  return 'filter' in operation && isOfUser(operation.filter, scope);
}

function concernsResult(result: Result, { numbers, ids }: Scope): boolean {
  if (result.is === 'ids') return result.ids.some((id) => ids.has(id));
  if (result.is === 'opened' && result.evicted.some((id) => ids.has(id))) return true;
  if ('session' in result) return numbers.has(result.session.number);
  return result.is === 'page' && result.sessions.some(({ number }) => numbers.has(number));
}

function isOfUser({ user_id }: SessionFilter, { user }: Scope): boolean {
  return user_id === undefined || user_id === user;
}
