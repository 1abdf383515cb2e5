import { GIVEN_REASONS } from '@pip-sessions/contract/close-reasons';
import { PROBLEM_CODES } from '@pip-sessions/contract/v2';
import { type Static, Type } from '#typebox';
import { JSON_BOUNDS } from '../careful-json.ts';
import { KEY_SCHEMAS } from './key-schemas.ts';
import {
  Actor,
  AUTHENTICATION,
  By,
  CLOSE_MANY_MAX,
  Counts,
  FILTER,
  IdleTimeout,
  ITEMS,
  Json,
  NAMES,
  Name,
  nullable,
  PAGE,
  Time,
  Token,
} from './schema-fields.ts';
import { closed, oneOf, Session, SessionSummary } from './session-schemas.ts';
import { TOKEN_SCHEMAS } from './token-schemas.ts';
import { USER_SCHEMAS } from './user-schemas.ts';

/** The requests and responses of API v2, by their names in the OpenAPI document. */
export const SCHEMAS = {
  OpenRequest: Type.Object(
    {
      user_id: Name('The user whom the caller has authenticated'),
      ...NAMES,
      user: Type.Optional(Json(`Any JSON value; null for none; ${JSON_BOUNDS}`)),
      data: Type.Optional(Json(`Any JSON value; null for none; ${JSON_BOUNDS}`)),
      actor: Type.Optional(nullable(Actor, 'Who acts in the name of the user; null for the user')),
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
  ...TOKEN_SCHEMAS,
  Session,
  SessionSummary,
  SessionPage: Type.Object(
    {
      ...ITEMS,
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
      ...PAGE,
      total: Type.Optional(Type.Boolean({ description: 'Whether to count all matching sessions' })),
    },
    closed,
  ),
  CloseRequest: Type.Object({ reason: Type.Optional(oneOf(GIVEN_REASONS, 'Default closed')), by: By }, closed),
  CloseManyRequest: Type.Object(
    {
      filter: Type.Object(FILTER, { ...closed, description: 'An empty filter matches every session' }),
      except: Type.Optional(
        Type.Array(Name('An id'), { maxItems: CLOSE_MANY_MAX, description: 'Ids of sessions that are not closed' }),
      ),
      reason: Type.Optional(oneOf(GIVEN_REASONS, 'Default revoked')),
      by: By,
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
  ...USER_SCHEMAS,
  ...KEY_SCHEMAS,
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
