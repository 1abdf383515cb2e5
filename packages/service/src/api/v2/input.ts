import { invalidMember, SessionsError } from '../../domain/errors.ts';
import type { JsonText } from '../../domain/json.ts';
import { addressRange } from '../../domain/lists/search-keys.ts';
import type { ActorMembers, Authentication } from '../../domain/session.ts';
import type { Amendment } from '../../domain/session-update.ts';
import type { SessionFilter } from '../../domain/store.ts';
import { timeOf } from '../validation.ts';
import { jsonTextOrNull } from './json-value.ts';
import type { Of } from './schemas.ts';

/** The properties of a filter that are times. */
const TIMES = [
  'from_time',
  'to_time',
  'opened_after',
  'opened_before',
  'expires_before',
  'expires_after',
] as const satisfies readonly (keyof SessionFilter)[];
type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Returns a filter with times as the domain has them. `prefix` comes before the names of properties in errors. */
export function toFilter(prefix: string, members: Of<'CloseManyRequest'>['filter']): SessionFilter {
  if (members.address !== undefined && addressRange(members.address) === null) {
    throw invalidMember(`${prefix}address`, 'must have a prefix length of at most 32 for IPv4, 128 for IPv6');
  }
  const times: Writable<Pick<SessionFilter, (typeof TIMES)[number]>> = {};
  for (const name of TIMES) {
    const time = members[name];
    if (time !== undefined) times[name] = timeOf(`${prefix}${name}`, time);
  }
  const { from_time, to_time, opened_after, opened_before, expires_before, expires_after, ...others } = members;
  return { ...others, ...times };
}

interface AuthenticationMembers {
  readonly auth_time?: string | undefined;
  readonly auth_methods?: readonly string[] | undefined;
  readonly auth_level?: number | undefined;
}

/** Returns undefined if the request has none of the properties. */
export function toAuthentication(members: AuthenticationMembers): Partial<Authentication> | undefined {
  const { auth_time, auth_methods, auth_level } = members;
  if (auth_time === undefined && auth_methods === undefined && auth_level === undefined) return undefined;
  return {
    ...(auth_time !== undefined && { auth_time: timeOf('auth_time', auth_time) }),
    ...(auth_methods !== undefined && { auth_methods }),
    ...(auth_level !== undefined && { auth_level }),
  };
}

/** Returns the properties of an actor as the domain has them. */
export function toActor(actor: Of<'OpenRequest'>['actor']): Partial<ActorMembers> {
  return actor ? { actor_type: actor.type, actor_id: actor.id, actor_reason: actor.reason ?? null } : {};
}

/** Throws `INVALID_DATA` for a bad time. */
export function toAmendment({ idle_timeout, expire_time, ...texts }: Of<'UpdateRequest'>): Amendment {
  return {
    ...texts,
    ...(idle_timeout !== undefined && { idle_timeout_ms: idle_timeout * 1000 }),
    ...(expire_time !== undefined && { expire_time: expire_time === null ? null : timeOf('expire_time', expire_time) }),
  };
}

/** Returns null if the value is null or absent. Throws `VALUE_TOO_LARGE` and `INVALID_DATA`. */
export function valueText(member: 'user' | 'data', value: unknown, bytes_max: number): JsonText | null {
  const text = jsonTextOrNull(member, value);
  if (text === null || Buffer.byteLength(text) <= bytes_max) return text;
  throw new SessionsError('VALUE_TOO_LARGE', `${member} is larger than ${bytes_max} bytes, the maximum.`, {
    details: { members: [member], bytes_max },
  });
}
