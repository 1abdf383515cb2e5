import type { SessionFilter } from '../../../packages/service/src/domain/store.ts';
import type { Answered, Micros, Seen } from '../history.ts';
import { filterText, isMatch, scopeOf } from './filters.ts';
import type { Knowledge } from './knowledge.ts';
import type { SessionModel } from './session-model.ts';
import { ViolationError } from './violation.ts';

interface Found {
  readonly start: Micros;
  readonly time: Micros;
  readonly filter: SessionFilter;
}

/** Checks one page of a list or a scan, and its total. */
export function checkPage(known: Knowledge, event: Answered & { readonly result: { readonly is: 'page' } }): void {
  const { operation, result, start, time } = event;
  if (operation.kind !== 'list' && operation.kind !== 'scan') return;
  const { filter, take } = operation;
  const { sessions, total } = result;
  if (sessions.length > take) fail('pages', { filter }, `a page of ${take} has ${sessions.length} sessions`);
  assertOnce({ start, time, filter }, sessions);
  for (const session of sessions) {
    if (!isMatch(session, filter)) {
      fail('pages', { filter }, `session ${session.number} (${session.id}) does not match, but is listed`, session);
    }
    known.see(session, known.sightOf(event));
  }
  assertLimit(known, { start, time, filter }, sessions.length);
  if (total !== null) checkCount(known, { start, time, filter }, total);
  if (isWhole(event, known.settings.page_size_max)) checkWhole(known, { start, time, filter }, sessions);
}

/** Checks all pages of a scan together. */
export function checkScan(known: Knowledge, scan: Found, sessions: readonly Seen[]): void {
  assertOnce(scan, sessions);
  checkWhole(known, scan, sessions);
}

/** Checks a count: at most the sessions that may be live, at least those that certainly are. */
export function checkCount(known: Knowledge, found: Found, count: number): void {
  assertLimit(known, found, count);
  const scope = scopeOf(found.filter);
  if (!scope) return;
  let [min, max] = [0, 0];
  for (const session of inScope(known, scope.user)) {
    if (scope.active ? session.mayBeLive(found.start) : session.gone_at >= found.start) max += 1;
    if (isSurely(known, session, scope.active, found)) min += 1;
  }
  if (count > max) fail('ended-stays-ended', found, `the count is ${count}, but at most ${max} may exist`);
  if (count < min) fail('count-equals-scan', found, `the count is ${count}, but at least ${min} exist`);
}

/** The maximum number of live sessions that a user may have had when a call began. */
export function liveMax(known: Knowledge, user: string, start: Micros, except: number): number {
  let count = 0;
  for (const session of known.ofUser(user)) {
    if (session.number !== except && session.mayBeLive(start)) count += 1;
  }
  return count;
}

/**
 * A session missing from a complete list of live sessions has ended. It is a violation if the session certainly is
 * live.
 */
function checkWhole(known: Knowledge, found: Found, sessions: readonly Seen[]): void {
  const scope = scopeOf(found.filter);
  if (!scope) return;
  const listed = new Set(sessions.map(({ number }) => number));
  for (const session of inScope(known, scope.user)) {
    if (listed.has(session.number) || session.opened_at >= found.start) continue;
    if (isSurely(known, session, scope.active, found)) {
      session.fail('pages', `it is not listed for ${filterText(found.filter)}, but existed all the time`, true);
    }
    if (scope.active && scope.user !== null && session.mayBeLive(found.start)) {
      const sight = known.sightAt(found.start, found.time);
      known.end(session, { reason: null, close_time: null, revision: null }, sight);
    }
  }
}

function inScope(known: Knowledge, user: string | null): Iterable<SessionModel> {
  return user === null ? known.sessions.values() : known.ofUser(user);
}

function isSurely(known: Knowledge, session: SessionModel, active: boolean, { start, time }: Found): boolean {
  return active ? known.isSurelyLive(session, start, time) : known.isSurelyThere(session, start, time);
}

function assertLimit(known: Knowledge, found: Found, count: number): void {
  const { limit } = known.settings;
  const { user_id, active } = found.filter;
  if (limit === null || user_id === undefined || active !== true || count <= limit.max) return;
  fail('limit', found, `${count} live sessions of ${user_id} are shown, but ${limit.max} are allowed`);
}

function assertOnce(found: Found, sessions: readonly Seen[]): void {
  const ids = new Set<number>();
  for (const session of sessions) {
    if (ids.has(session.number)) {
      fail('pages', found, `session ${session.number} (${session.id}) is listed twice`, session);
    }
    ids.add(session.number);
  }
}

function isWhole({ operation, result }: Answered, page_size_max: number): boolean {
  if (result.is !== 'page') return false;
  if (operation.kind === 'scan') return operation.after === null && result.next === null;
  if (operation.kind !== 'list' || operation.skip > 0) return false;
  // Activity moves sessions within this order, so a list of all users may miss a session that is used meanwhile.
  if (operation.filter.user_id === undefined) return false;
  return result.sessions.length < Math.min(operation.take, page_size_max);
}

function fail(
  invariant: 'limit' | 'pages' | 'ended-stays-ended' | 'count-equals-scan',
  { filter }: Pick<Found, 'filter'>,
  message: string,
  session?: Seen,
): never {
  const user = filter.user_id ?? session?.user ?? null;
  const is_absence = session === undefined && invariant !== 'limit';
  const subject = { user, number: session?.number ?? null, is_absence };
  throw new ViolationError(invariant, `${filterText(filter)}: ${message}`, subject);
}
