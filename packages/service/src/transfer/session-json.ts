import { CLOSE_REASONS } from '@pip-sessions/contract/v2';
import { Compile, Type } from '#typebox';
import { METHODS_MAX, STRING_LENGTH_MAX, WELL_FORMED } from '../api/text-bounds.ts';
import { sessionText } from '../api/v1/wire.ts';
import { assertValid, TIME_MAX } from '../api/validation.ts';
import { invalidMember, SessionsError } from '../domain/errors.ts';
import { type JsonText, toJsonText } from '../domain/json.ts';
import type { Authentication, CloseReason, Session } from '../domain/session.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { PAST_SECRETS_MAX, type PastSecret, type TokenState } from '../domain/tokens.ts';

/**
 * A stored session as JSON, with everything that a store keeps of it: the members of API v1 first, as the
 * microservice's file store writes them, then the additions of this service, which that one ignores. An addition that
 * is not there has the value that a session of the microservice has.
 */
export function storedSessionText(session: Session): string {
  const { idle_timeout_ms, expire_time, close_reason, revision, active_until, token } = session;
  const { auth_time, auth_methods, auth_level } = session;
  const additions = JSON.stringify({
    idle_timeout_ms,
    ...(expire_time !== null && { expire_time: isoTime(expire_time) }),
    ...(close_reason !== null && { close_reason }),
    revision,
    ...(active_until !== session.request_time && { active_until: isoTime(active_until) }),
    ...(auth_time !== session.open_time && { auth_time: isoTime(auth_time) }),
    ...(auth_methods.length > 0 && { auth_methods }),
    ...(auth_level !== null && { auth_level }),
    ...(token !== null && { token }),
  });
  return `${sessionText(session).slice(0, -1)},${additions.slice(1)}`;
}

/**
 * How strictly an object is read: `microservice` takes members that no session has, and times in any form; `own` takes
 * only what this service writes.
 */
export type Strictness = keyof typeof VALIDATORS;

/** Ten years, as in requests. Stores add it to a moment, and SQLite reads no number beyond 2^53. */
const IDLE_TIMEOUT_MS_MAX = 315_360_000_000;
/** Far from where one change more would not be counted any more. */
const REVISION_MAX = 2 ** 31 - 1;
const LEVEL_MAX = 100;
const MOMENT = { minimum: 0, maximum: TIME_MAX };
/** What the service writes has fewer: hashes in hex, and nonces. */
const SECRET_LENGTH_MAX = 64;

function schema(times: { readonly format?: string }, options: { readonly additionalProperties?: boolean }) {
  const bounds = { maxLength: STRING_LENGTH_MAX, pattern: WELL_FORMED };
  const Time = Type.String(times);
  const Text = Type.Optional(Type.Union([Type.String(bounds), Type.Null()]));
  const Any = Type.Optional(Type.Unknown());
  const MaybeTime = Type.Optional(Type.Union([Time, Type.Null()]));
  const Methods = Type.Array(Type.String(bounds), { maxItems: METHODS_MAX });
  const Level = Type.Union([Type.Integer({ minimum: 0, maximum: LEVEL_MAX }), Type.Null()]);
  const Secret = Type.String({ maxLength: SECRET_LENGTH_MAX, pattern: WELL_FORMED });
  const Replaced = Type.Object({ auth_time: Type.Integer(MOMENT), auth_methods: Methods, auth_level: Level }, options);
  const Past = Type.Object(
    {
      hash: Secret,
      nonce: Secret,
      grace_until: Type.Integer(MOMENT),
      replaced: Type.Optional(Type.Union([Replaced, Type.Null()])),
    },
    options,
  );
  return Type.Object(
    {
      id: Type.String({ ...bounds, minLength: 1 }),
      user_id: Type.String(bounds),
      user_name: Text,
      active: Type.Boolean(),
      open_time: Time,
      request_time: Time,
      close_time: MaybeTime,
      address: Text,
      client: Text,
      user: Any,
      data: Any,
      idle_timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: IDLE_TIMEOUT_MS_MAX })),
      expire_time: MaybeTime,
      close_reason: Type.Optional(Type.Union(CLOSE_REASONS.map((reason) => Type.Literal(reason)))),
      revision: Type.Optional(Type.Integer({ minimum: 1, maximum: REVISION_MAX })),
      active_until: MaybeTime,
      auth_time: MaybeTime,
      auth_methods: Type.Optional(Methods),
      auth_level: Type.Optional(Level),
      token: Type.Optional(
        Type.Object(
          {
            hash: Secret,
            lineage: Type.Optional(Type.Union([Secret, Type.Null()])),
            open_nonce: Type.Union([Secret, Type.Null()]),
            past: Type.Array(Past, { maxItems: PAST_SECRETS_MAX }),
          },
          options,
        ),
      ),
    },
    options,
  );
}

/** A session as this service writes it. */
export const STORED_SESSION = schema({ format: 'date-time' }, { additionalProperties: false });

const VALIDATORS = { microservice: Compile(schema({}, {})), own: Compile(STORED_SESSION) } as const;
const MEMBERS = new Set(Object.keys(schema({}, {}).properties));

/**
 * Reads the object of a session; one without a timeout gets the given one. Throws `INVALID_DATA`, which names the
 * member, for what is none.
 */
export function readStoredSession(value: unknown, strictness: Strictness, idle_timeout_ms: number): Session {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SessionsError('INVALID_DATA', 'it is not an object');
  }
  const validator = VALIDATORS[strictness];
  assertValid(validator, value);
  const { active, close_reason } = value;
  if (strictness === 'own' && active && (value.close_time || close_reason)) {
    const member = value.close_time ? 'close_time' : 'close_reason';
    throw invalidMember(member, 'must be left out of a session that is active');
  }
  const open_time = time('open_time', value.open_time);
  const request_time = time('request_time', value.request_time);
  const close_time = active ? null : value.close_time ? time('close_time', value.close_time) : request_time;
  return {
    id: value.id,
    user_id: value.user_id,
    user_name: value.user_name ?? null,
    address: value.address ?? null,
    client: value.client ?? null,
    user: jsonOrNull(value.user),
    data: jsonOrNull(value.data),
    open_time,
    request_time,
    active_until: value.active_until ? time('active_until', value.active_until) : request_time,
    idle_timeout_ms: value.idle_timeout_ms ?? idle_timeout_ms,
    expire_time: value.expire_time ? time('expire_time', value.expire_time) : null,
    close_time,
    close_reason: active ? null : ((close_reason ?? 'closed') satisfies CloseReason),
    revision: value.revision ?? 1,
    auth_time: value.auth_time ? time('auth_time', value.auth_time) : open_time,
    auth_methods: value.auth_methods ?? [],
    auth_level: value.auth_level ?? null,
    token: value.token ? tokenState(value.token) : null,
  };
}

type ExportedToken = Omit<TokenState, 'lineage' | 'past'> & {
  readonly lineage?: string | null;
  readonly past: readonly (Omit<PastSecret, 'replaced'> & { readonly replaced?: Authentication | null })[];
};

/** Files of before the service recognised all secrets of a session have neither a lineage nor what was replaced. */
function tokenState(token: ExportedToken): TokenState {
  const { hash, open_nonce, past, lineage = null } = token;
  return { hash, lineage, open_nonce, past: past.map((secret) => ({ ...secret, replaced: secret.replaced ?? null })) };
}

/** The members of an object that are not those of a session. */
export function otherMembers(value: object): [name: string, value: unknown][] {
  return Object.entries(value).filter(([name]) => !MEMBERS.has(name));
}

function time(member: string, text: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw invalidMember(member, 'must be a time like 2026-01-31T12:00:00Z');
  return value;
}

function jsonOrNull(value: unknown): JsonText | null {
  return value === undefined || value === null ? null : toJsonText(value);
}
