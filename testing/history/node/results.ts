import { CLOSE_REASONS, type Session as JsonSession } from '@pip-sessions/client';
import { SessionsError } from '../../../packages/service/src/domain/errors.ts';
import type { Stats } from '../../../packages/service/src/domain/figures/stats.ts';
import type { CloseReason, Session, SessionSummary } from '../../../packages/service/src/domain/session.ts';
import type { Validation } from '../../../packages/service/src/domain/tokens/token-validator.ts';
import type { Closed, Result, Seen } from '../history.ts';

const MISSING: Result = { is: 'missing' };

/** Converts a session of the service into the form of the history. */
export function seenOf(session: Session | SessionSummary): Seen {
  const { id, user_name, user_id, address, client, revision, close_reason, close_time } = session;
  const { open_time, request_time, idle_timeout_ms, expire_time } = session;
  return {
    id,
    number: Number(user_name),
    user: user_id,
    address,
    client,
    revision,
    close_reason,
    close_time,
    open_time,
    request_time,
    idle_timeout_ms,
    expire_time,
    auth_level: session.auth_level,
    ...('data' in session && { values: { data: session.data, user: session.user } }),
  };
}

/** Converts a session that was read by a token, which may have a lower level than the session. */
export function seenByToken(session: Session): Seen {
  const { auth_level: _, ...seen } = seenOf(session);
  return seen;
}

export function sessionResult(session: Session | null): Result {
  return session ? { is: 'session', session: seenOf(session) } : MISSING;
}

export function validationResult(validation: Validation): Result {
  if (validation.active) return { is: 'session', session: seenByToken(validation.session) };
  return validation.reason === 'unknown' ? MISSING : { is: 'ended', reason: validation.reason };
}

/** Converts a session that a caller read over HTTP. */
export function cachedResult(session: JsonSession | null): Result {
  if (!session) return { is: 'ended', reason: null };
  const { id, user_name, user_id, address, client, revision, close_reason } = session;
  const seen: Seen = {
    id,
    number: Number(user_name),
    user: user_id,
    address,
    client,
    revision,
    close_reason,
    close_time: session.close_time === null ? null : Date.parse(session.close_time),
    open_time: Date.parse(session.open_time),
    request_time: Date.parse(session.request_time),
    idle_timeout_ms: Math.round(session.idle_timeout * 1_000),
    expire_time: session.expire_time === null ? null : Date.parse(session.expire_time),
    values: { data: textOf(session.data), user: textOf(session.user) },
  };
  return { is: 'session', session: seen };
}

export function statsResult({ live, hours }: Stats): Result {
  const closed: { -readonly [R in CloseReason]?: number } = {};
  for (const hour of hours) {
    for (const [reason, count] of Object.entries(hour.closed) as [CloseReason, number][]) {
      closed[reason] = (closed[reason] ?? 0) + count;
    }
  }
  const opened = hours.reduce((sum, hour) => sum + hour.opened, 0);
  return { is: 'stats', live, opened, closed: closed satisfies Closed };
}

/** The errors that a caller must expect; any other error is a fault of the service. */
export function errorResult(error: unknown): Result {
  if (isUnavailable(error)) return { is: 'unknown' };
  if (!(error instanceof SessionsError)) return { is: 'failed', message: String(error) };
  switch (error.code) {
    case 'SESSION_CLOSED': {
      const reason = CLOSE_REASONS.find((known) => known === error.details?.reason);
      if (reason === undefined) return { is: 'failed', message: `SESSION_CLOSED for ${error.details?.reason}` };
      return { is: 'ended', reason };
    }
    case 'TOKEN_UNKNOWN':
      return MISSING;
    case 'REVISION_CONFLICT':
      return { is: 'conflict', revision: Number(error.details?.revision) };
    case 'VALUE_TOO_LARGE':
      return { is: 'too_large' };
    case 'SESSION_LIMIT':
      return { is: 'limit' };
    case 'ID_TAKEN':
    case 'KEY_USED':
      return { is: 'key_used' };
    case 'TOKEN_REPLACED':
      return { is: 'token_replaced' };
    default:
      return { is: 'failed', message: `${error.code}: ${error.message}` };
  }
}

/** Whether the store was unavailable: as an error of this process, or as the client reports it. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof SessionsError) return error.code === 'STORE_UNAVAILABLE';
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return ['STORE_UNAVAILABLE', 'TIMEOUT', 'UNREACHABLE'].includes(String(error.code));
}

function textOf(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
