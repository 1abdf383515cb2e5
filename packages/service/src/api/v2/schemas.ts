import { CLOSE_REASONS, GIVEN_REASONS } from '@pip-sessions/contract/close-reasons';
import { SESSION_NAMES, SESSION_PROPERTIES } from '@pip-sessions/contract/session';
import { TOKEN_FORM } from '@pip-sessions/contract/token';
import { PROBLEM_CODES } from '@pip-sessions/contract/v2';
import { type Static, type TOptional, type TSchema, Type } from '#typebox';
import { JSON_BOUNDS } from '../careful-json.ts';
import { METHODS_MAX, PATTERN, STRING_LENGTH_MAX } from '../text-bounds.ts';
import { CloseReason, closed, oneOf, Session, SessionSummary } from './session-schemas.ts';

const SECONDS_MAX = 315_360_000;
export const CLOSE_MANY_MAX = 1000;

const Name = (description: string) =>
  Type.String({ minLength: 1, maxLength: STRING_LENGTH_MAX, pattern: PATTERN, description });
const Text = (description: string) =>
  Type.Union([Type.String({ maxLength: STRING_LENGTH_MAX, pattern: PATTERN }), Type.Null()], { description });
const Time = (description: string) => Type.String({ format: 'date-time', description });
const Json = (description: string) => Type.Unknown({ description });
const nullable = <S extends TSchema>(schema: S, description: string) =>
  Type.Union([schema, Type.Null()], { description });

const IdleTimeout = Type.Integer({
  minimum: 1,
  maximum: SECONDS_MAX,
  description:
    'Seconds without activity after which the session ends; at most the setting `idle_timeout_max`, by default 2592000',
});

const AUTHENTICATION = {
  auth_time: Type.Optional(Time('When the user authenticated; default now')),
  auth_methods: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 64, pattern: PATTERN }), {
      maxItems: METHODS_MAX,
      description: 'How the user authenticated, for example with names of RFC 8176: pwd, otp, hwk',
    }),
  ),
  auth_level: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 100, description: 'The strength of the authentication; higher is stronger' }),
  ),
};

const NAMES = Object.fromEntries(
  SESSION_NAMES.map((name) => [name, Type.Optional(Text(SESSION_PROPERTIES[name].description ?? ''))]),
) as Record<(typeof SESSION_NAMES)[number], TOptional<ReturnType<typeof Text>>>;

const FILTER = {
  user_id: Type.Optional(Name('The sessions of this user')),
  active: Type.Optional(Type.Boolean({ description: 'true: only live sessions; false: only ended sessions' })),
  from_time: Type.Optional(Time('Inclusive, on request_time')),
  to_time: Type.Optional(Time('Exclusive, on request_time')),
  client: Type.Optional(Name('Exactly this client')),
  address: Type.Optional(Name('Exactly this address')),
  close_reason: Type.Optional(CloseReason),
};

const Token = Type.String({ description: `\`${TOKEN_FORM}\`: what the user’s browser or app holds` });
const PresentedToken = Type.String({
  minLength: 1,
  maxLength: STRING_LENGTH_MAX,
  description: 'The token that the user’s browser or app sent',
});
const Counts = Type.Unsafe<Partial<Record<(typeof CLOSE_REASONS)[number], number>>>({
  type: 'object',
  description: 'The number of sessions that ended, by close_reason',
  properties: Object.fromEntries(CLOSE_REASONS.map((reason) => [reason, { type: 'integer' }])),
  additionalProperties: false,
});

/** The requests and responses of API v2, by their names in the OpenAPI document. */
export const SCHEMAS = {
  OpenRequest: Type.Object(
    {
      user_id: Name('The user whom the caller has authenticated'),
      ...NAMES,
      user: Type.Optional(Json(`Any JSON value; null for none; ${JSON_BOUNDS}`)),
      data: Type.Optional(Json(`Any JSON value; null for none; ${JSON_BOUNDS}`)),
      idle_timeout: Type.Optional(IdleTimeout),
      expire_time: Type.Optional(nullable(Type.String({ format: 'date-time' }), 'The absolute deadline')),
      ...AUTHENTICATION,
    },
    closed,
  ),
  OpenResult: Type.Object(
    {
      session: Session,
      token: Token,
      evicted: Type.Array(Type.String(), { description: 'Ids of the user’s sessions that were evicted for this one' }),
    },
    closed,
  ),
  ValidateRequest: Type.Object(
    {
      token: PresentedToken,
      max_age: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: SECONDS_MAX,
          description:
            'Maximum age of the session in the cache of the service, in seconds; an older one is read from the store',
        }),
      ),
      touch: Type.Optional(
        Type.Boolean({ description: 'False if the validation does not count as activity; default true' }),
      ),
    },
    closed,
  ),
  Validation: Type.Union([
    Type.Object(
      {
        active: Type.Literal(true, { description: 'The token is valid' }),
        session: Session,
        max_age: Type.Number({
          description: 'Seconds for which a client that follows /v2/changes may cache the response',
        }),
        age: Type.Number({ description: 'Seconds since the service read the session from its store' }),
      },
      closed,
    ),
    Type.Object(
      {
        active: Type.Literal(false, { description: 'The token is not valid' }),
        reason: oneOf(
          ['unknown', ...CLOSE_REASONS],
          'Why the session ended; unknown if the token belongs to no session',
        ),
      },
      closed,
    ),
  ]),
  RotateRequest: Type.Object({ token: PresentedToken, ...AUTHENTICATION }, closed),
  RotateResult: Type.Object({ session: Session, token: Token }, closed),
  Session,
  SessionSummary,
  SessionPage: Type.Object(
    {
      items: Type.Array(SessionSummary, { description: 'Latest open_time first' }),
      next_cursor: nullable(
        Type.String(),
        'Null on the last page. An earlier page may have fewer sessions than limit, even none',
      ),
      total: Type.Optional(
        Type.Integer({ description: 'The number of matching sessions; only if total was requested' }),
      ),
    },
    closed,
  ),
  UpdateRequest: Type.Object(
    {
      idle_timeout: Type.Optional(IdleTimeout),
      expire_time: Type.Optional(
        nullable(
          Type.String({ format: 'date-time' }),
          'The absolute deadline; a deadline in the past ends the session',
        ),
      ),
      ...NAMES,
    },
    { ...closed, minProperties: 1 },
  ),
  ListQuery: Type.Object(
    {
      ...FILTER,
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 10_000, description: 'Maximum number of sessions on a page' }),
      ),
      cursor: Type.Optional(Type.String({ minLength: 1, description: 'next_cursor of the previous page' })),
      total: Type.Optional(Type.Boolean({ description: 'Whether to count all matching sessions' })),
    },
    closed,
  ),
  CloseRequest: Type.Object({ reason: Type.Optional(oneOf(GIVEN_REASONS, 'Default closed')) }, closed),
  CloseManyRequest: Type.Object(
    {
      filter: Type.Object(FILTER, { ...closed, description: 'An empty filter matches every session' }),
      except: Type.Optional(
        Type.Array(Name('An id'), { maxItems: CLOSE_MANY_MAX, description: 'Ids of sessions that are not closed' }),
      ),
      reason: Type.Optional(oneOf(GIVEN_REASONS, 'Default revoked')),
      dry_run: Type.Optional(Type.Boolean({ description: 'Return the ids that would be closed, and close nothing' })),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: CLOSE_MANY_MAX, description: 'Maximum number of sessions to close' }),
      ),
    },
    closed,
  ),
  CloseManyResult: Type.Object(
    {
      ids: Type.Array(Type.String(), { description: 'Ids of the sessions that were closed' }),
      more: Type.Boolean({ description: 'Whether more matching sessions are left' }),
    },
    closed,
  ),
  Stats: Type.Object(
    {
      live: Type.Integer({
        description: 'Live sessions. Statistics do not count the entries that session libraries keep for browsers',
      }),
      opened: Type.Integer({ description: 'Sessions opened in all of the hours' }),
      closed: Counts,
      hours: Type.Array(
        Type.Object(
          {
            hour: Time('Start of the hour'),
            opened: Type.Integer({ description: 'Sessions opened in the hour' }),
            closed: Counts,
          },
          closed,
        ),
        {
          description: 'The last 24 hours, latest first; hours without events are left out',
        },
      ),
      sweep: nullable(
        Type.Object(
          {
            time: Time('When the sweep began'),
            closed: Type.Integer({ description: 'Sessions closed after their deadline' }),
            purged: Type.Integer({ description: 'Sessions deleted after their retention period' }),
            lag: Type.Number({ description: 'Seconds by which the first closed session was past its deadline' }),
          },
          closed,
        ),
        'The last sweep of the process that responds; null before its first sweep',
      ),
    },
    closed,
  ),
  Empty: Type.Object({}, closed),
  AnyJson: Json(`Any JSON value; ${JSON_BOUNDS}`),
  Problem: Type.Object(
    {
      type: Type.String({ description: '`urn:pip-sessions:problem:<code>`' }),
      title: Type.String({ description: 'The kind of problem' }),
      status: Type.Integer({ description: 'The HTTP status' }),
      detail: Type.String({ description: 'What was wrong with this request, and what to do' }),
      code: oneOf(PROBLEM_CODES, 'Stable; programs should use it'),
      details: Type.Optional(
        Type.Unsafe<Record<string, unknown>>({
          type: 'object',
          description: 'Additional information, depending on the code',
        }),
      ),
      correlation_id: Type.Optional(Type.String({ description: 'The correlation id of the request' })),
    },
    closed,
  ),
} as const;

export type SchemaName = keyof typeof SCHEMAS;
export type Of<N extends SchemaName> = Static<(typeof SCHEMAS)[N]>;
