import { ACTOR_TYPES } from '@pip-sessions/contract/actor';
import { CLOSE_REASONS } from '@pip-sessions/contract/close-reasons';
import { SESSION_NAMES, SESSION_PROPERTIES } from '@pip-sessions/contract/session';
import { TOKEN_FORM } from '@pip-sessions/contract/token';
import { type TOptional, type TSchema, Type } from '#typebox';
import { KEY_LENGTH_MAX } from '../../domain/lists/search-keys.ts';
import { ACTOR_ID_LENGTH_MAX, METHODS_MAX, PATTERN, STRING_LENGTH_MAX } from '../text-bounds.ts';
import { CloseReason, closed, oneOf, SessionSummary } from './session-schemas.ts';

export const SECONDS_MAX = 315_360_000;
export const CLOSE_MANY_MAX = 1000;

export const Name = (description: string) =>
  Type.String({ minLength: 1, maxLength: STRING_LENGTH_MAX, pattern: PATTERN, description });
export const Text = (description: string) =>
  Type.Union([Type.String({ maxLength: STRING_LENGTH_MAX, pattern: PATTERN }), Type.Null()], { description });
export const Time = (description: string) => Type.String({ format: 'date-time', description });
export const Json = (description: string) => Type.Unknown({ description });
export const nullable = <S extends TSchema>(schema: S, description: string) =>
  Type.Union([schema, Type.Null()], { description });

export const IdleTimeout = Type.Integer({
  minimum: 1,
  maximum: SECONDS_MAX,
  description:
    'Seconds without activity after which the session ends; at most the setting `idle_timeout_max`, by default 2592000',
});

export const AUTHENTICATION = {
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

export const NAMES = Object.fromEntries(
  SESSION_NAMES.map((name) => [name, Type.Optional(Text(SESSION_PROPERTIES[name].description ?? ''))]),
) as Record<(typeof SESSION_NAMES)[number], TOptional<ReturnType<typeof Text>>>;

export const Actor = Type.Object(
  {
    type: oneOf(ACTOR_TYPES, 'What acts'),
    id: Type.String({
      minLength: 1,
      maxLength: ACTOR_ID_LENGTH_MAX,
      pattern: PATTERN,
      description: 'The actor, in the terms of the application',
    }),
    reason: Type.Optional(Text('Why it acts, such as the number of a support ticket')),
  },
  closed,
);

/** More than the id of an actor with a prefix. */
const BY_LENGTH_MAX = 512;

export const By = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: BY_LENGTH_MAX,
    pattern: PATTERN,
    description: 'Who ends it, for closed_by; default `key:<name of the API key>`, or `anonymous` without keys',
  }),
);

export const FILTER = {
  user_id: Type.Optional(Name('The sessions of this user')),
  active: Type.Optional(Type.Boolean({ description: 'true: only live sessions; false: only ended sessions' })),
  from_time: Type.Optional(Time('Inclusive, on request_time')),
  to_time: Type.Optional(Time('Exclusive, on request_time')),
  opened_after: Type.Optional(Time('Inclusive, on open_time')),
  opened_before: Type.Optional(Time('Exclusive, on open_time')),
  client: Type.Optional(Name('Exactly this client')),
  address: Type.Optional(
    Name('This IP address, an address of this CIDR block such as 10.0.0.0/8, or exactly this text'),
  ),
  user_name: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: KEY_LENGTH_MAX,
      pattern: PATTERN,
      description: 'The beginning of user_name, in any case of its letters',
    }),
  ),
  close_reason: Type.Optional(CloseReason),
  closed_by: Type.Optional(Name('Exactly who ended the session')),
  actor_type: Type.Optional(oneOf(ACTOR_TYPES, 'The kind of the actor')),
  actor_id: Type.Optional(Name('Exactly this actor')),
  expires_before: Type.Optional(Time('Exclusive; live sessions that end before, without further activity')),
  expires_after: Type.Optional(Time('Inclusive; live sessions that end at that time or later')),
};

/** Selects a page of a list. */
export const PAGE = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 10_000, description: 'Maximum number of sessions on a page' }),
  ),
  cursor: Type.Optional(Type.String({ minLength: 1, description: 'next_cursor of the previous page' })),
};

/** The sessions of a page, and the cursor of the next page. */
export const ITEMS = {
  items: Type.Array(SessionSummary, { description: 'Latest open_time first' }),
  next_cursor: nullable(
    Type.String(),
    'Null on the last page. An earlier page may have fewer sessions than limit, even none',
  ),
};

export const Token = Type.String({ description: `\`${TOKEN_FORM}\`: what the user’s browser or app holds` });
export const PresentedToken = Type.String({
  minLength: 1,
  maxLength: STRING_LENGTH_MAX,
  description: 'The token that the user’s browser or app sent',
});
export const Counts = Type.Unsafe<Partial<Record<(typeof CLOSE_REASONS)[number], number>>>({
  type: 'object',
  description: 'The number of sessions that ended, by close_reason',
  properties: Object.fromEntries(CLOSE_REASONS.map((reason) => [reason, { type: 'integer' }])),
  additionalProperties: false,
});
