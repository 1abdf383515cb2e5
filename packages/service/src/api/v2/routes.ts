import { ROUTES_V2, type RouteNameV2, type RouteV2 } from '@pip-sessions/contract/routes';
import type { ProblemCode } from '@pip-sessions/contract/v2';
import type { TSchema } from '#typebox';
import { invalidMember, SessionsError } from '../../domain/errors.ts';
import type { Session } from '../../domain/session.ts';
import type { Sessions } from '../../domain/sessions.ts';
import { bodyBytesMax } from '../body-bounds.ts';
import type { Caller } from '../caller.ts';
import { inputCheck } from '../input-check.ts';
import { assertStorable, timeOf } from '../validation.ts';
import { parseCursor } from './cursor.ts';
import { toAmendment, toAuthentication, toFilter, valueText } from './input.ts';
import { jsonTextOf } from './json-value.ts';
import { CLOSE_MANY_MAX, type Of, SCHEMAS, type SchemaName } from './schemas.ts';
import { closedText, openedText, pageText, rotatedText, sessionText, statsText, validationText } from './wire.ts';

/** The parts of a request of API v2. */
export interface RouteRequest {
  /** The id in the path; empty if the path has none. */
  readonly id: string;
  readonly caller: Caller;
  /** The body, or the query of a GET, as the schema describes it. */
  readonly input: unknown;
  /** The revision in `If-Match`. */
  readonly revision: number | undefined;
  readonly idempotency_key: string | null;
}

export interface RouteAnswer {
  readonly text: string;
  /** The value of the header `ETag`. */
  readonly revision?: number;
  /** The id of the session that was opened, for the log. */
  readonly opened?: string;
}

export type SuspiciousEvent = 'unknown_token' | 'compromised_session';

export interface RouteContext {
  readonly sessions: Sessions;
  /** Maximum size of `user` and of `data`. */
  readonly value_bytes_max: number;
  /** Called when a validation or rotation shows something suspicious, for the log. */
  readonly suspicious: (event: SuspiciousEvent, token: string, address: string) => void;
}

/** A route of API v2: its form on the wire, the scope that it requires, and its use case. */
export interface Route extends RouteV2 {
  readonly name: RouteNameV2;
  readonly summary: string;
  /** The schema of the body, or of the query of a GET. */
  readonly input: SchemaName;
  readonly status: 200 | 201;
  /** The schema of the response. */
  readonly result: RouteV2['result'] & SchemaName;
  /** The problems that it can return in addition to those of every request. */
  readonly problems: readonly ProblemCode[];
  /** The largest body that the schema can need, in bytes. */
  readonly body_bytes_max: number;
  readonly run: (context: RouteContext, request: RouteRequest) => Promise<RouteAnswer>;
}

/** The problems of routes that write `user` or `data` of an existing session. */
const WRITE_PROBLEMS: readonly ProblemCode[] = [
  'SESSION_NOT_FOUND',
  'SESSION_CLOSED',
  'REVISION_CONFLICT',
  'VALUE_TOO_LARGE',
];

export const ROUTES: readonly Route[] = [
  route('openSession', {
    summary: 'Opens a session for a user whom the caller has authenticated',
    input: 'OpenRequest',
    status: 201,
    problems: ['SESSION_LIMIT', 'KEY_USED', 'VALUE_TOO_LARGE', 'STORE_FULL'],
    run: async ({ sessions, value_bytes_max }, { input, idempotency_key }) => {
      const { user, data, idle_timeout, expire_time, auth_time, auth_methods, auth_level, ...rest } = input;
      const request = {
        ...rest,
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
      return { text: openedText(opened, sessions.now()), revision, opened: id };
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
  route('validateToken', {
    summary: 'Validates a token and returns its session; counts as activity, unless touch is false',
    input: 'ValidateRequest',
    run: async ({ sessions, suspicious }, { caller, input: { token, max_age, touch } }) => {
      const validation = await sessions.validate(token, {
        age_ms_max: max_age === undefined ? undefined : max_age * 1000,
        is_passive: touch === false,
      });
      if (!validation.active && validation.reason === 'unknown') suspicious('unknown_token', token, caller.address);
      if (!validation.active && validation.reason === 'compromised')
        suspicious('compromised_session', token, caller.address);
      return { text: validationText(validation, sessions.now()) };
    },
  }),
  route('rotateToken', {
    summary: 'Replaces a token by a new one, the same for every request with the old token within the grace period',
    input: 'RotateRequest',
    problems: ['TOKEN_UNKNOWN', 'TOKEN_REPLACED', 'SESSION_CLOSED'],
    run: async ({ sessions, suspicious }, { caller, input: { token, ...members } }) => {
      try {
        const rotated = await sessions.rotate(token, toAuthentication(members));
        return { text: rotatedText(rotated, sessions.now()), revision: rotated.session.revision };
      } catch (error) {
        if (error instanceof SessionsError && error.code === 'TOKEN_UNKNOWN')
          suspicious('unknown_token', token, caller.address);
        if (error instanceof SessionsError && error.details?.reason === 'compromised') {
          suspicious('compromised_session', token, caller.address);
        }
        throw error;
      }
    },
  }),
  route('closeSessions', {
    summary: 'Closes the matching live sessions, up to a limit',
    input: 'CloseManyRequest',
    run: async ({ sessions }, { input }) => {
      const { filter, except = [], reason = 'revoked', dry_run = false, limit = CLOSE_MANY_MAX } = input;
      const request = { filter: toFilter('filter.', filter), except, reason, dry_run, limit };
      const closed = await sessions.closeMatching(request);
      return { text: closedText(closed) };
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
    problems: ['SESSION_NOT_FOUND'],
    run: async ({ sessions }, { id }) => answerOf(sessions, await sessions.remove(id)),
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
    problems: ['SESSION_NOT_FOUND'],
    run: async ({ sessions }, { id, input: { reason = 'closed' } }) =>
      answerOf(sessions, await sessions.close(id, reason)),
  }),
  route('getStats', {
    summary: 'The number of live sessions, and of those opened and closed in the last 24 hours',
    input: 'Empty',
    run: async ({ sessions }) => ({ text: statsText(await sessions.stats()) }),
  }),
];

type Defaults = 'status' | 'problems';

function route<N extends SchemaName>(
  name: RouteNameV2,
  definition: Pick<Route, 'summary'> &
    Partial<Pick<Route, Defaults>> & {
      readonly input: N;
      readonly run: (context: RouteContext, request: RouteRequest & { readonly input: Of<N> }) => Promise<RouteAnswer>;
    },
): Route {
  const { run, ...rest } = definition;
  const schema = SCHEMAS[definition.input] as TSchema;
  const check = inputCheck(schema);
  const contract = ROUTES_V2[name];
  const hasId = contract.path.includes('{id}');
  return {
    ...contract,
    name,
    result: contract.result as Route['result'],
    status: 200,
    problems: [],
    ...rest,
    body_bytes_max: bodyBytesMax(schema),
    run: (context, request) => {
      if (hasId) assertStorable('id', request.id);
      assertRevision(request.revision);
      check(request.input);
      return run(context, request as RouteRequest & { readonly input: Of<N> });
    },
  };
}

/** Throws `INVALID_DATA` for a value that cannot be a revision. */
function assertRevision(revision: unknown): void {
  if (revision === undefined || (Number.isSafeInteger(revision) && Number(revision) >= 0)) return;
  throw invalidMember('If-Match', 'must be the revision of the session, a whole number');
}

function answerOf(sessions: Sessions, session: Session | null): RouteAnswer {
  if (session) return { text: sessionText(session, sessions.now()), revision: session.revision };
  throw new SessionsError('SESSION_NOT_FOUND', 'There is no session with this id.');
}
