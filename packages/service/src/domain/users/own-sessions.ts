import { actorSession, sessionClosed, tokenUnknown } from '../rejections.ts';
import { hasActor, type Session } from '../session.ts';
import type { Sessions } from '../sessions.ts';
import type { ClosedMatching, Scan, ScanKey } from '../store.ts';
import { ownsBrowserEntries } from './browser-entries.ts';

/** Selects a page of a user's own sessions. */
export interface OwnPage {
  /** Whether the sessions are live. Absent: live and ended ones. */
  readonly active?: boolean;
  /** The key of the page before; null for the first page. */
  readonly after: ScanKey | null;
  /** The maximum number of sessions. */
  readonly take: number;
}

/** A page of a user's own sessions. */
export interface OwnScan extends Scan {
  /** The id of the session whose token was presented. */
  readonly current: string;
}

/**
 * Returns a page of the sessions of the token's own user, as `Sessions.scan` does. It counts as activity of the token's
 * session.
 *
 * Rejects with `TOKEN_UNKNOWN`, with `SESSION_CLOSED`, and with `ACTOR_SESSION` for a session with an actor. A rotated
 * token that is used after its grace period closes its session as `compromised`, as in `Sessions.validate`.
 */
export async function scanOwn(
  sessions: Sessions,
  token: string,
  { after, take, ...filter }: OwnPage,
): Promise<OwnScan> {
  const { id, user_id } = await presented(sessions, token, 'nothing was listed');
  return { ...(await sessions.scan({ ...filter, user_id }, after, take)), current: id };
}

/** The sessions that a user closes. */
export interface OwnClosing {
  /** The ids; others than those of live sessions of the user are ignored. Absent: all sessions but the token's own. */
  readonly ids?: readonly string[] | undefined;
  /** The maximum number of sessions. */
  readonly limit: number;
}

/**
 * Closes live sessions of the token's own user as `revoked` by `user`. Counts as activity, and rejects, as `scanOwn`
 * does.
 */
export async function closeOwn(sessions: Sessions, token: string, { ids, limit }: OwnClosing): Promise<ClosedMatching> {
  const { id, user_id } = await presented(sessions, token, 'nothing was closed');
  const except = ids === undefined ? [id] : [];
  const ending = { reason: 'revoked', by: 'user', limit, dry_run: false } as const;
  return sessions.closeMatching({ filter: { user_id }, only: ids, except, ...ending });
}

/**
 * Returns the live session of a token, as the store has it, if it is of the user alone. A cached one does not suffice: a
 * session that was just revoked must not end the others.
 */
async function presented(sessions: Sessions, token: string, what: string): Promise<Session> {
  const validation = await sessions.validate(token, { age_ms_max: 0 });
  if (!validation.active) {
    throw validation.reason === 'unknown' ? tokenUnknown() : sessionClosed(what, validation.reason);
  }
  const { session } = validation;
  // The entries of session libraries belong to many browsers, and name the sessions of many users.
  if (ownsBrowserEntries(session.user_id)) throw tokenUnknown();
  if (hasActor(session)) throw actorSession();
  return session;
}
