import type { Session } from './session.ts';

/** The kind of a property's value. Times are milliseconds since 1970, durations are milliseconds. */
export type MemberKind = 'text' | 'time' | 'duration' | 'integer' | 'reason' | 'texts' | 'json' | 'token';

interface Member {
  readonly kind: MemberKind;
  readonly isNullable: boolean;
  /** When the property changes after the opening: never, only by an amendment, or by any kind of update. */
  readonly changes: 'never' | 'by_amendment' | 'often';
  /** Whether lists include it. `user` and `data` may be large, and the state of the token is secret. */
  readonly isListed: boolean;
}

/**
 * The properties of a stored session, in the order of the columns of every store. The stores derive their columns, the
 * positions in a row and their codecs from this table when they are loaded.
 *
 * Add a new property directly after `token` and before `user`: Redis stores the values by their positions. Make it
 * nullable: stored sessions do not have it. SQLite and PostgreSQL need a migration that adds its column.
 */
export const MEMBERS = {
  id: { kind: 'text', isNullable: false, changes: 'never', isListed: true },
  user_id: { kind: 'text', isNullable: false, changes: 'never', isListed: true },
  user_name: { kind: 'text', isNullable: true, changes: 'by_amendment', isListed: true },
  address: { kind: 'text', isNullable: true, changes: 'by_amendment', isListed: true },
  client: { kind: 'text', isNullable: true, changes: 'by_amendment', isListed: true },
  open_time: { kind: 'time', isNullable: false, changes: 'never', isListed: true },
  request_time: { kind: 'time', isNullable: false, changes: 'often', isListed: true },
  active_until: { kind: 'time', isNullable: false, changes: 'often', isListed: true },
  idle_timeout_ms: { kind: 'duration', isNullable: false, changes: 'by_amendment', isListed: true },
  expire_time: { kind: 'time', isNullable: true, changes: 'by_amendment', isListed: true },
  close_time: { kind: 'time', isNullable: true, changes: 'often', isListed: true },
  close_reason: { kind: 'reason', isNullable: true, changes: 'often', isListed: true },
  revision: { kind: 'integer', isNullable: false, changes: 'often', isListed: true },
  auth_time: { kind: 'time', isNullable: false, changes: 'often', isListed: true },
  auth_methods: { kind: 'texts', isNullable: false, changes: 'often', isListed: true },
  auth_level: { kind: 'integer', isNullable: true, changes: 'often', isListed: true },
  token: { kind: 'token', isNullable: true, changes: 'often', isListed: false },
  closed_by: { kind: 'text', isNullable: true, changes: 'often', isListed: true },
  actor_type: { kind: 'text', isNullable: true, changes: 'never', isListed: true },
  actor_id: { kind: 'text', isNullable: true, changes: 'never', isListed: true },
  actor_reason: { kind: 'text', isNullable: true, changes: 'never', isListed: true },
  user: { kind: 'json', isNullable: true, changes: 'often', isListed: false },
  data: { kind: 'json', isNullable: true, changes: 'often', isListed: false },
} as const satisfies Readonly<Record<keyof Session, Member>>;

export type MemberName = keyof typeof MEMBERS;

/** Returns the names of the properties that fulfil a condition, in the order of the table. */
export function memberNames(isWanted: (member: Member) => boolean = () => true): readonly MemberName[] {
  return (Object.keys(MEMBERS) as MemberName[]).filter((name) => isWanted(MEMBERS[name]));
}

/** The properties that lists include. They come first in a row. */
export const LISTED: readonly MemberName[] = memberNames(({ isListed }) => isListed);
export const UNLISTED: readonly MemberName[] = memberNames(({ isListed }) => !isListed);
