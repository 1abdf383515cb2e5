import { COMMANDS_V1, type CommandV1 } from '@pip-sessions/contract/routes';
import type { Scope } from '@pip-sessions/contract/scopes';
import { type Static, type TSchema, Type } from '#typebox';
import { toJsonText } from '../../domain/json.ts';
import type { Session } from '../../domain/session.ts';
import type { Sessions } from '../../domain/sessions.ts';
import { bodyBytesMax } from '../body-bounds.ts';
import { type Caller, closedBy } from '../caller.ts';
import { JSON_BOUNDS } from '../careful-json.ts';
import { inputCheck } from '../input-check.ts';
import { isStorable, PATTERN, STRING_LENGTH_MAX } from '../text-bounds.ts';
import { pageText, sessionText, toFilter, toPage } from './wire.ts';

/** A command of API v1: its name on the wire, the schema of its request, and its use case. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly schema: TSchema;
  /** The largest body that the schema can need, in bytes. */
  readonly body_bytes_max: number;
  /** The scope that the caller's key needs, if keys are required. */
  readonly scope: Scope;
  /** The kind of result. Every command may also return null, which is sent as 204. */
  readonly result: 'session' | 'page' | 'null';
  /** Throws `INVALID_DATA` if the request does not match the schema. */
  readonly check: (request: unknown) => void;
  /** Returns the result as JSON text, or null. Rejects with `INVALID_DATA` if the request does not match the schema. */
  readonly run: (sessions: Sessions, request: unknown, caller: Caller) => Promise<string | null>;
}

const Id = Type.String({ minLength: 1, maxLength: STRING_LENGTH_MAX, pattern: PATTERN });
const OptionalString = Type.Optional(
  Type.Union([Type.String({ maxLength: STRING_LENGTH_MAX, pattern: PATTERN }), Type.Null()]),
);
const OptionalNumber = Type.Optional(Type.Union([Type.Number(), Type.Null()]));
const OptionalBoolean = Type.Optional(Type.Union([Type.Boolean(), Type.Null()]));
const Loose = Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]));
const AnyJson = Type.Unknown({ not: { type: 'null' }, description: `Any JSON value but null; ${JSON_BOUNDS}` });
const OptionalJson = Type.Optional(Type.Unknown({ description: `Any JSON value; ${JSON_BOUNDS}` }));

const Filter = Type.Object({ id: Loose, user_id: Loose, active: Loose, from_time: Loose, to_time: Loose });
const Paging = Type.Object({ skip: OptionalNumber, take: OptionalNumber, total: OptionalBoolean });
/** The id of a session that may not exist: any string that is not empty. */
const SessionId = Type.String({ minLength: 1 });
const OfSession = Type.Object({ session_id: SessionId });

export const COMMANDS: readonly Command[] = [
  command(COMMANDS_V1.getSessions, {
    summary: 'A page of sessions, newest activity first, without user and data',
    schema: Type.Object({
      filter: Type.Optional(Type.Union([Filter, Type.Literal(''), Type.Null()])),
      paging: Type.Optional(Type.Union([Paging, Type.Null()])),
    }),
    result: 'page',
    run: async (sessions, { filter, paging }) =>
      pageText(await sessions.list(toFilter(filter || {}), toPage(paging ?? {}))),
  }),
  command(COMMANDS_V1.getSessionById, {
    summary: 'A session, active or closed',
    schema: OfSession,
    result: 'session',
    run: ofSession((sessions, { session_id }) => sessions.get(session_id)),
  }),
  command(COMMANDS_V1.openSession, {
    summary: 'Opens a session for a user whom the caller has authenticated',
    schema: Type.Object({
      user_id: Id,
      user_name: OptionalString,
      address: OptionalString,
      client: OptionalString,
      user: OptionalJson,
      data: OptionalJson,
    }),
    result: 'session',
    run: (sessions, { user, data, ...request }) =>
      sessions
        .open({ ...request, user: jsonOrNull(user), data: jsonOrNull(data) })
        .then(({ session }) => sessionText(session)),
  }),
  command(COMMANDS_V1.storeSessionData, {
    summary: "Replaces an active session's data",
    schema: Type.Object({ session_id: SessionId, data: AnyJson }),
    result: 'session',
    run: ofSession((sessions, { session_id, data }) => sessions.replace(session_id, 'data', toJsonText(data))),
  }),
  command(COMMANDS_V1.updateSessionUser, {
    summary: "Replaces an active session's user",
    schema: Type.Object({ session_id: SessionId, user: AnyJson }),
    result: 'session',
    run: ofSession((sessions, { session_id, user }) => sessions.replace(session_id, 'user', toJsonText(user))),
  }),
  command(COMMANDS_V1.closeSession, {
    summary: 'Closes a session; closing it again changes nothing',
    schema: OfSession,
    result: 'session',
    run: ofSession((sessions, { session_id }, caller) =>
      sessions.close(session_id, 'closed', closedBy(undefined, caller)),
    ),
  }),
  command(COMMANDS_V1.closeExpiredSessions, {
    summary: 'Closes every session that is past its deadline, each at its deadline',
    schema: Type.Object({}),
    result: 'null',
    run: (sessions) => sessions.closeExpired().then(() => null),
  }),
  command(COMMANDS_V1.deleteSessionById, {
    summary: 'Deletes a session and returns it as it was',
    schema: OfSession,
    result: 'session',
    run: ofSession((sessions, { session_id }) => sessions.remove(session_id)),
  }),
];

function command<S extends TSchema>(
  { name, scope }: CommandV1,
  definition: {
    summary: string;
    schema: S;
    result: Command['result'];
    run: (sessions: Sessions, request: Static<S>, caller: Caller) => Promise<string | null>;
  },
): Command {
  const { summary, schema, result, run } = definition;
  const check = inputCheck(schema);
  return {
    name,
    summary,
    scope,
    schema,
    body_bytes_max: bodyBytesMax(schema),
    result,
    check,
    run: (sessions, request, caller) => {
      check(request);
      return run(sessions, request as Static<S>, caller);
    },
  };
}

function jsonOrNull(value: unknown) {
  return value === null || value === undefined ? null : toJsonText(value);
}

/**
 * Runs a command for one session. If no store can hold the id, there is no such session, as in the original service.
 */
function ofSession<R extends { readonly session_id: string }>(
  act: (sessions: Sessions, request: R, caller: Caller) => Promise<Session | null>,
): (sessions: Sessions, request: R, caller: Caller) => Promise<string | null> {
  return async (sessions, request, caller) => {
    if (!isStorable(request.session_id)) return null;
    const session = await act(sessions, request, caller);
    return session && sessionText(session);
  };
}
