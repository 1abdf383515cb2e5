import { ACTOR_TYPES } from '@pip-sessions/contract/actor';
import { CLOSE_REASONS } from '@pip-sessions/contract/v2';
import { Compile, type TSchema, Type } from '#typebox';
import { ACTOR_ID_LENGTH_MAX, METHODS_MAX, STRING_LENGTH_MAX, WELL_FORMED } from '../api/text-bounds.ts';
import { sessionText } from '../api/v1/wire.ts';
import { assertValid, TIME_MAX } from '../api/validation.ts';
import { invalidMember, SessionsError } from '../domain/errors.ts';
import { type JsonText, toJsonText } from '../domain/json.ts';
import { MEMBERS, type MemberKind, type MemberName, memberNames } from '../domain/members.ts';
import type { Authentication, CloseReason, Session } from '../domain/session.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { PAST_SECRETS_MAX, type PastSecret, type TokenState } from '../domain/tokens/tokens.ts';

/**
 * Returns a stored session as JSON, with everything that a store keeps. The properties of API v1 come first, as the
 * microservice's file store writes them. The additions of this service follow; the microservice ignores them. An
 * addition that is left out has the value that a session of the microservice has.
 */
export function storedSessionText(session: Session): string {
  const additions = Object.fromEntries(
    ADDITIONS.flatMap((name) => {
      const value = additionOf(session, name);
      return value === null ? [] : [[name, value]];
    }),
  );
  return `${sessionText(session).slice(0, -1)},${JSON.stringify(additions).slice(1)}`;
}

/** The properties of API v1. A store has additional ones. */
const MEMBERS_V1: ReadonlySet<string> = new Set([
  ...['id', 'user_id', 'user_name', 'open_time', 'request_time'],
  ...['close_time', 'address', 'client', 'user', 'data'],
]);
const ADDITIONS = memberNames().filter((name) => !MEMBERS_V1.has(name));

/** The properties whose default is another property. The default of all others is null. */
const SAME_AS: Partial<Record<MemberName, MemberName>> = { active_until: 'request_time', auth_time: 'open_time' };

/** Returns null for an addition that is left out. */
function additionOf(session: Session, name: MemberName): unknown {
  const value = session[name];
  const other = SAME_AS[name];
  if (value === null || (other && value === session[other])) return null;
  const { kind } = MEMBERS[name];
  if (kind === 'texts' && (value as readonly string[]).length === 0) return null;
  return kind === 'time' ? isoTime(value as number) : value;
}

/**
 * How strictly an object is checked. `microservice` accepts unknown properties, and times in any format. `own` accepts
 * only what this service writes.
 */
export type Strictness = keyof typeof VALIDATORS;

/** Ten years, as in requests. Stores add it to a time, and SQLite cannot read integers above 2^53. */
const IDLE_TIMEOUT_MS_MAX = 315_360_000_000;
/** Far below the number at which adding 1 would have no effect. */
const REVISION_MAX = 2 ** 31 - 1;
const LEVEL_MAX = 100;
const MOMENT = { minimum: 0, maximum: TIME_MAX };
/** Hashes in hex have 64 characters, nonces fewer. */
const SECRET_LENGTH_MAX = 64;

function schema(times: { readonly format?: string }, options: { readonly additionalProperties?: boolean }) {
  const bounds = { maxLength: STRING_LENGTH_MAX, pattern: WELL_FORMED };
  const Time = Type.String(times);
  const Text = Type.Optional(Type.Union([Type.String(bounds), Type.Null()]));
  const ActorKind = Type.Optional(Type.Union([...ACTOR_TYPES.map((type) => Type.Literal(type)), Type.Null()]));
  const ActorId = Type.Optional(Type.Union([Type.String({ ...bounds, maxLength: ACTOR_ID_LENGTH_MAX }), Type.Null()]));
  const TEXTS: Partial<Record<MemberName, TSchema>> = { actor_type: ActorKind, actor_id: ActorId };
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
  const Token = Type.Object(
    {
      hash: Secret,
      lineage: Type.Optional(Type.Union([Secret, Type.Null()])),
      open_nonce: Type.Union([Secret, Type.Null()]),
      past: Type.Array(Past, { maxItems: PAST_SECRETS_MAX }),
    },
    options,
  );
  const ofKind: Readonly<Record<Exclude<MemberKind, 'json'>, (name: MemberName) => TSchema>> = {
    text: (name) => TEXTS[name] ?? Text,
    time: () => MaybeTime,
    duration: () => Type.Integer({ minimum: 1, maximum: IDLE_TIMEOUT_MS_MAX }),
    integer: (name) => (name === 'auth_level' ? Level : Type.Integer({ minimum: 1, maximum: REVISION_MAX })),
    reason: () => Type.Union(CLOSE_REASONS.map((reason) => Type.Literal(reason))),
    texts: () => Methods,
    token: () => Token,
  };
  const additions: Record<string, TSchema> = Object.fromEntries(
    ADDITIONS.map((name) => [name, Type.Optional(ofKind[MEMBERS[name].kind as Exclude<MemberKind, 'json'>](name))]),
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
      ...additions,
    },
    options,
  );
}

/** The schema of a session as this service writes it. */
export const STORED_SESSION = schema({ format: 'date-time' }, { additionalProperties: false });

const VALIDATORS = { microservice: Compile(schema({}, {})), own: Compile(STORED_SESSION) } as const;
const KNOWN: ReadonlySet<string> = new Set([...memberNames(), 'active']);

const END_MEMBERS = ['close_time', 'close_reason', 'closed_by'] as const satisfies readonly (keyof Session)[];

/**
 * Converts an object to a session. It gets `idle_timeout_ms` if it has no timeout. Throws `INVALID_DATA`, which names
 * the property, if it is invalid.
 */
export function readStoredSession(value: unknown, strictness: Strictness, idle_timeout_ms: number): Session {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SessionsError('INVALID_DATA', 'it is not an object');
  }
  const validator = VALIDATORS[strictness];
  assertValid(validator, value);
  const { active } = value;
  const { close_reason } = value as { readonly close_reason?: CloseReason };
  if (strictness === 'own' && active) {
    const member = END_MEMBERS.find((name) => (value as Readonly<Record<string, unknown>>)[name]);
    if (member !== undefined) throw invalidMember(member, 'must be absent in an active session');
  }
  const { actor_type = null, actor_id = null } = value as {
    readonly actor_type?: unknown;
    readonly actor_id?: unknown;
  };
  if ((actor_type === null) !== (actor_id === null))
    throw invalidMember('actor_id', 'must be present with actor_type, and absent without');
  const open_time = time('open_time', value.open_time);
  // A session has no activity before its opening, but the clocks of two servers may differ.
  const request_time = Math.max(open_time, time('request_time', value.request_time));
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
    ...readAdditions(value, { active_until: request_time, auth_time: open_time, idle_timeout_ms, revision: 1 }),
    close_time,
    close_reason: active ? null : (close_reason ?? 'closed'),
  } as Session;
}

/** `defaults` has the values of absent properties, except those that are null or an empty array. */
function readAdditions(value: Readonly<Record<string, unknown>>, defaults: Partial<Session>): Partial<Session> {
  return Object.fromEntries(
    ADDITIONS.map((name) => {
      const { kind } = MEMBERS[name];
      const given = value[name] ?? null;
      if (given === null || (kind === 'time' && given === ''))
        return [name, defaults[name] ?? (kind === 'texts' ? [] : null)];
      if (kind === 'time') return [name, time(name, String(given))];
      return [name, kind === 'token' ? tokenState(given as ExportedToken) : given];
    }),
  );
}

type ExportedToken = Omit<TokenState, 'lineage' | 'past'> & {
  readonly lineage?: string | null;
  readonly past: readonly (Omit<PastSecret, 'replaced'> & { readonly replaced?: Authentication | null })[];
};

/** Converts the state of a token. Files of older versions have neither `lineage` nor `replaced`. */
function tokenState(token: ExportedToken): TokenState {
  const { hash, open_nonce, past, lineage = null } = token;
  return { hash, lineage, open_nonce, past: past.map((secret) => ({ ...secret, replaced: secret.replaced ?? null })) };
}

/** Returns the properties of an object that a session does not have. */
export function otherMembers(value: object): [name: string, value: unknown][] {
  return Object.entries(value).filter(([name]) => !KNOWN.has(name));
}

function time(member: string, text: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw invalidMember(member, 'must be a time like 2026-01-31T12:00:00Z');
  return value;
}

function jsonOrNull(value: unknown): JsonText | null {
  return value === undefined || value === null ? null : toJsonText(value);
}
