import type { CloseReason } from '../../../packages/service/src/domain/session.ts';
import type { Answered, Operation, Result } from '../history.ts';
import type { Knowledge } from './knowledge.ts';
import { checkCount, checkPage, liveMax } from './pages.ts';
import type { SessionModel } from './session-model.ts';
import { ViolationError } from './violation.ts';

/** The activity window of a touch is at most this part of the idle timeout. */
const TOUCH_PART_MAX = 0.1;

type With<R extends Result['is']> = Answered & { readonly result: Extract<Result, { readonly is: R }> };

/** Checks whether the response to one call agrees with everything that was shown before. */
export function checkResponse(known: Knowledge, event: Answered): void {
  const { call, operation, result } = event;
  known.pending.responded(call, result.is === 'unknown');
  switch (result.is) {
    case 'failed':
      throw new ViolationError('response', `call ${call} (${operation.kind}) failed: ${result.message}`, {});
    case 'unknown':
      forgetOutcome(known, operation);
      return;
    case 'opened':
      checkOpened(known, event as With<'opened'>);
      return;
    case 'session':
    case 'rotated':
      checkSession(known, event as With<'session' | 'rotated'>);
      return;
    case 'missing':
      checkMissing(known, event);
      return;
    case 'ended':
      checkEnded(known, event, result.reason);
      return;
    case 'conflict':
      checkConflict(known, event, result.revision);
      return;
    case 'limit':
      checkDenial(known, event);
      return;
    case 'key_used':
      if (operation.kind === 'open') known.drop(operation.number);
      return;
    case 'page':
      checkPage(known, event as With<'page'>);
      return;
    case 'count':
      if (operation.kind !== 'count') return;
      checkCount(known, { start: event.start, time: event.time, filter: operation.filter }, result.count);
      return;
    case 'ids':
      checkClosedMatching(known, event as With<'ids'>);
      return;
    case 'too_large':
    case 'token_replaced':
    case 'stats':
    case 'done':
      return;
  }
}

function forgetOutcome(known: Knowledge, operation: Operation): void {
  if (!('id' in operation)) return;
  const isChange =
    operation.kind === 'replace' ||
    operation.kind === 'patch' ||
    operation.kind === 'amend' ||
    operation.kind === 'rotate';
  if (isChange) for (const session of known.allById(operation.id)) session.revisions.unknown += 1;
}

function checkOpened(known: Knowledge, event: With<'opened'>): void {
  const { operation, result, start, time } = event;
  if (operation.kind !== 'open') return;
  const { session: seen, evicted } = result;
  if (seen.number !== operation.number) {
    // An earlier request had the same idempotency key.
    if (operation.key === null) throw new ViolationError('response', `open returned session ${seen.number}`, {});
    known.drop(operation.number);
  }
  const session = known.see(seen, known.sightOf(event));
  if (result.token !== null) session.tokens.add(result.token);
  if (seen.number === operation.number) {
    assertFresh(session, operation, event);
    known.feeds.expect({ id: seen.id, number: seen.number, user: seen.user, revision: 1, start, time });
  }
  const { limit } = known.settings;
  if (evicted.length === 0 || limit === null) return;
  const others = liveMax(known, operation.user, start, operation.number);
  if (others < limit.max) {
    const message = `open evicted ${evicted.length}, but at most ${others} of ${limit.max} sessions were live`;
    session.fail('limit', message, true);
  }
  for (const id of evicted) endById(known, event, id, 'evicted');
}

function assertFresh(session: SessionModel, operation: Operation & { readonly kind: 'open' }, event: With<'opened'>) {
  const { revision, close_reason, values } = event.result.session;
  if (revision !== 1 || close_reason !== null) session.fail('response', 'it was opened, but is not live at revision 1');
  if (values?.data !== operation.data)
    session.fail('write-survives', `it was opened with other data: ${operation.data}`);
}

function checkSession(known: Knowledge, event: With<'session' | 'rotated'>): void {
  const { operation, result, call, start, time, clock } = event;
  const { session: seen } = result;
  const session = known.see(seen, known.sightOf(event));
  switch (operation.kind) {
    case 'get':
    case 'validate':
      assertNotOverdue(known, session, event, clock);
      return;
    case 'replace':
    case 'patch':
    case 'amend': {
      // An amendment may end the session: then the revision is that of the end.
      if (seen.close_reason !== null) return;
      session.revisions.change(call, operation, seen.revision);
      const { id, number, user, revision } = seen;
      known.feeds.expect({ id, number, user, revision, start, time });
      return;
    }
    case 'touch':
      assertNoted(known, session, event, clock);
      return;
    case 'rotate':
      if (result.is !== 'rotated') return;
      session.tokens.add(result.token);
      session.revisions.rotate(result.token);
      return;
    case 'close':
      if (seen.close_reason === null) session.fail('response', 'it is live in the response to its close');
      return;
    case 'remove':
      checkRemoved(known, session, event);
      return;
    default:
      return;
  }
}

function checkRemoved(known: Knowledge, session: SessionModel, { result, start, time }: With<'session' | 'rotated'>) {
  const { id, number, user, close_reason } = result.session;
  session.gone_at = Math.min(session.gone_at, time);
  known.feeds.expect({ id, number, user, revision: Number.POSITIVE_INFINITY, start, time });
  const ended = session.ended_at === time ? 'ended now' : 'ended before';
  known.tallies.removed(session, close_reason === null ? 'live' : ended);
}

/** A read never shows a session as live after the node's clock has passed its deadline. */
function assertNotOverdue(known: Knowledge, session: SessionModel, event: With<'session' | 'rotated'>, clock: number) {
  const { close_reason, request_time, idle_timeout_ms, expire_time } = event.result.session;
  if (close_reason !== null) return;
  const noted = request_time + aheadMax(known, session);
  const deadline = Math.min(noted + idle_timeout_ms, expire_time ?? Number.POSITIVE_INFINITY);
  if (clock < deadline) return;
  session.fail('deadline-is-kept', `it is live, but the node's clock (${clock}) has passed its deadline ${deadline}`);
}

/**
 * A successful touch has written activity up to the node's clock, unless the window of an earlier touch includes it.
 */
function assertNoted(known: Knowledge, session: SessionModel, event: With<'session' | 'rotated'>, clock: number) {
  const { request_time } = event.result.session;
  if (clock <= request_time + aheadMax(known, session)) return;
  session.fail('write-survives', `it was touched at ${clock}, but its activity ends at ${request_time}`);
}

/** The largest activity window of a touch. */
function aheadMax(known: Knowledge, session: SessionModel): number {
  return Math.min(known.settings.touch_interval_ms, Math.floor(session.idle_max * TOUCH_PART_MAX));
}

function checkMissing(known: Knowledge, event: Answered): void {
  const { operation, start, time } = event;
  if (!('id' in operation)) return;
  const session = known.byId(operation.id, event.start);
  if (!session || session.opened_at >= start || !isRecognised(session, operation)) return;
  if (known.isSurelyThere(session, start, time)) {
    session.fail('write-survives', `${operation.kind} does not find it, but no request has removed it`, true);
  }
  known.tallies.removed(session, 'nothing');
  session.gone_at = Math.min(session.gone_at, time);
}

function checkEnded(known: Knowledge, event: Answered, reason: CloseReason | null): void {
  const { operation, start, time } = event;
  if (!('id' in operation)) return;
  const session = known.byId(operation.id, event.start);
  if (!session || session.opened_at >= start) return;
  if (reason === null) {
    if (!isRecognised(session, operation)) return;
    if (known.isSurelyLive(session, start, time)) {
      session.fail('end-has-cause', `${operation.kind} shows it as ended, but nothing has ended it`, true);
    }
  }
  known.end(session, { reason, close_time: null, revision: null }, known.sightOf(event));
}

/** Whether the token belongs to this session: a session recognizes all of its tokens. */
function isRecognised(session: SessionModel, operation: Operation): boolean {
  return !('token' in operation) || session.tokens.has(operation.token);
}

function checkConflict(known: Knowledge, event: Answered, revision: number): void {
  const { operation } = event;
  const session = 'id' in operation ? known.byId(operation.id, event.start) : null;
  if (!session) return;
  const sight = known.sightOf(event);
  session.seeLive(sight, revision);
  const floor = session.stairs.before(event.start);
  if (revision < floor.revision) {
    session.fail('revision-never-falls', `revision ${revision} is shown after revision ${floor.revision}`);
  }
  if ('revision' in operation && operation.revision === revision) {
    session.fail('if-match', `a change with If-Match ${revision} was refused at revision ${revision}`);
  }
  session.stairs.raise(event.time, revision, 0);
}

function checkDenial(known: Knowledge, { operation, start }: Answered): void {
  const { limit } = known.settings;
  if (operation.kind !== 'open' || limit === null) return;
  known.drop(operation.number);
  const live = liveMax(known, operation.user, start, operation.number);
  if (live >= limit.max) return;
  const message = `a session of ${operation.user} was rejected, but at most ${live} of ${limit.max} are live`;
  throw new ViolationError('limit', message, { user: operation.user, is_absence: true });
}

function checkClosedMatching(known: Knowledge, event: With<'ids'>): void {
  const { operation, result } = event;
  if (operation.kind !== 'closeMatching') return;
  if (result.ids.length > operation.limit) {
    throw new ViolationError('response', `${result.ids.length} were closed, but the limit was ${operation.limit}`, {});
  }
  for (const id of result.ids) {
    if (operation.except.includes(id)) throw new ViolationError('response', `${id} was closed, but is in "except"`, {});
    if (operation.dry_run) known.byId(id, event.start)?.seeLive(known.sightOf(event), null);
    else endById(known, event, id, operation.reason);
  }
}

/** The session was live until this call ended it. */
function endById(known: Knowledge, event: Answered, id: string, reason: CloseReason): void {
  const session = known.byId(id, event.start);
  for (const meant of known.allById(id)) meant.causes.add(reason);
  const sight = known.sightOf(event);
  const end = { reason, close_time: null, revision: null };
  if (!session) {
    known.endEarly(id, end, sight);
    return;
  }
  session.seeLive(sight, null);
  known.end(session, end, sight);
}
