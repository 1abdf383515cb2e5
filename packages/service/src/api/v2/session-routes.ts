import type { ProblemCode } from '@pip-sessions/contract/v2';
import { userHash } from '../../domain/ids.ts';
import { closedBy } from '../caller.ts';
import { timeOf } from '../validation.ts';
import { parseCursor } from './cursor.ts';
import { toActor, toAmendment, toAuthentication, toFilter, valueText } from './input.ts';
import { jsonTextOf } from './json-value.ts';
import { answerOf, type Route, route } from './route.ts';
import { CLOSE_MANY_MAX } from './schema-fields.ts';
import { checkListText, closedText, openedText, pageText, statsText } from './wire.ts';

/** The problems of routes that write `user` or `data` of an existing session. */
const WRITE_PROBLEMS: readonly ProblemCode[] = [
  'SESSION_NOT_FOUND',
  'SESSION_CLOSED',
  'REVISION_CONFLICT',
  'VALUE_TOO_LARGE',
];

/** The routes of sessions and of their statistics. */
export const SESSION_ROUTES: readonly Route[] = [
  route('openSession', {
    summary: 'Opens a session for a user whom the caller has authenticated',
    input: 'OpenRequest',
    status: 201,
    problems: ['SESSION_LIMIT', 'KEY_USED', 'VALUE_TOO_LARGE', 'STORE_FULL'],
    audited: 'actor_session_opened',
    run: async ({ sessions, value_bytes_max }, { input, idempotency_key }) => {
      const { user, data, idle_timeout, expire_time, auth_time, auth_methods, auth_level, actor, ...rest } = input;
      const request = {
        ...rest,
        ...toActor(actor),
        user: valueText('user', user, value_bytes_max),
        data: valueText('data', data, value_bytes_max),
        ...(idle_timeout !== undefined && { idle_timeout_ms: idle_timeout * 1000 }),
        ...(expire_time !== undefined && {
          expire_time: expire_time === null ? null : timeOf('expire_time', expire_time),
        }),
        authentication: toAuthentication({ auth_time, auth_methods, auth_level }) ?? {},
      };
      const opened = await sessions.openWithToken(request, idempotency_key);
      const { id, revision } = opened.session;
      const audit = actor ? { actor, user_id_hash: userHash(opened.session.user_id) } : undefined;
      return { text: openedText(opened, sessions.now()), revision, opened: id, ...(audit && { audit }) };
    },
  }),
  route('listSessions', {
    summary: 'A page of sessions, newest first, without user and data',
    input: 'ListQuery',
    run: async ({ sessions }, { input }) => {
      const { limit = Number.MAX_SAFE_INTEGER, cursor, total, ...members } = input;
      const filter = toFilter('', members);
      const after = cursor === undefined ? null : parseCursor(cursor);
      const [page, count] = await Promise.all([
        sessions.scan(filter, after, limit),
        total ? sessions.count(filter) : null,
      ]);
      return { text: pageText(page, count, sessions.now()) };
    },
  }),
  route('checkSessions', {
    summary: 'Whether up to 256 sessions are live, by their ids; does not count as activity',
    input: 'CheckRequest',
    run: async ({ sessions }, { input: { ids } }) => ({
      text: checkListText(ids, await sessions.getMany(ids), sessions.now()),
    }),
  }),
  route('closeSessions', {
    summary: 'Closes the matching live sessions, up to a limit',
    input: 'CloseManyRequest',
    audited: 'sessions_closed',
    run: async ({ sessions }, { caller, input }) => {
      const { filter, except = [], reason = 'revoked', by, dry_run = false, limit = CLOSE_MANY_MAX } = input;
      const closing = { except, reason, by: closedBy(by, caller), dry_run, limit };
      const request = { filter: toFilter('filter.', filter), ...closing };
      const closed = await sessions.closeMatching(request);
      const audit = { filter: Object.keys(filter), reason, closed_by: closing.by, count: closed.ids.length };
      return { text: closedText(closed), ...(!dry_run && { audit }) };
    },
  }),
  route('getSession', {
    summary: 'A session, active or ended; does not count as activity',
    input: 'Empty',
    problems: ['SESSION_NOT_FOUND'],
    run: async ({ sessions }, { id }) => answerOf(sessions, await sessions.get(id)),
  }),
  route('updateSession', {
    summary: 'Changes the timeouts or the device of a live session; does not count as activity',
    input: 'UpdateRequest',
    problems: ['SESSION_NOT_FOUND', 'SESSION_CLOSED', 'REVISION_CONFLICT'],
    run: async ({ sessions }, { id, input, revision }) =>
      answerOf(sessions, await sessions.amend(id, toAmendment(input), revision)),
  }),
  route('deleteSession', {
    summary: 'Deletes a session completely, and returns it as it was',
    input: 'Empty',
    audited: 'session_deleted',
    problems: ['SESSION_NOT_FOUND'],
    run: async ({ sessions }, { id }) => ({ ...answerOf(sessions, await sessions.remove(id)), audit: {} }),
  }),
  route('replaceData', {
    summary: 'Replaces the data of a live session; counts as activity',
    input: 'AnyJson',
    problems: WRITE_PROBLEMS,
    run: async ({ sessions, value_bytes_max }, { id, input, revision }) =>
      answerOf(sessions, await sessions.replace(id, 'data', valueText('data', input, value_bytes_max), revision)),
  }),
  route('patchData', {
    summary: 'Merges the body into the data of a live session (RFC 7396); counts as activity',
    input: 'AnyJson',
    problems: WRITE_PROBLEMS,
    run: async ({ sessions, value_bytes_max }, { id, input, revision }) =>
      answerOf(sessions, await sessions.patchData(id, jsonTextOf('data', input), value_bytes_max, revision)),
  }),
  route('replaceUser', {
    summary: 'Replaces the user of a live session; counts as activity',
    input: 'AnyJson',
    problems: WRITE_PROBLEMS,
    run: async ({ sessions, value_bytes_max }, { id, input, revision }) =>
      answerOf(sessions, await sessions.replace(id, 'user', valueText('user', input, value_bytes_max), revision)),
  }),
  route('touchSession', {
    summary: 'Records activity of a live session',
    input: 'Empty',
    problems: ['SESSION_NOT_FOUND', 'SESSION_CLOSED'],
    run: async ({ sessions }, { id }) => answerOf(sessions, await sessions.touch(id)),
  }),
  route('closeSession', {
    summary: 'Closes a session; an ended session is returned unchanged',
    input: 'CloseRequest',
    audited: 'session_closed',
    problems: ['SESSION_NOT_FOUND'],
    run: async ({ sessions }, { caller, id, input: { reason = 'closed', by } }) => {
      const closed_by = closedBy(by, caller);
      return { ...answerOf(sessions, await sessions.close(id, reason, closed_by)), audit: { reason, closed_by } };
    },
  }),
  route('getStats', {
    summary: 'The number of live sessions, and of those opened and closed in the last 24 hours',
    input: 'Empty',
    run: async ({ sessions }) => ({ text: statsText(await sessions.stats()) }),
  }),
];
