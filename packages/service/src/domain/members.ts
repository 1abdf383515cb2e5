import type { Session } from './session.ts';

/** What the value of a member is: times are milliseconds since 1970, durations milliseconds. */
export type MemberKind = 'text' | 'time' | 'duration' | 'integer' | 'reason' | 'texts' | 'json' | 'token';

interface Member {
  readonly kind: MemberKind;
  readonly isNullable: boolean;
  /** After the opening: never, by an amendment, or by anything else that changes a session. */
  readonly changes: 'never' | 'by_amendment' | 'often';
  /** Whether lists have it: `user` and `data` may be large, and the token's state is secret. */
  readonly isListed: boolean;
}

/**
 * The members of a stored session, in the order of the columns of every store. Columns, their positions in a row, and the codecs
 * of all stores are derived from it when they are loaded.
 *
 * A new member goes to the end of the listed ones, after `token`, and is nullable: what is stored already lacks it.
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
  user: { kind: 'json', isNullable: true, changes: 'often', isListed: false },
  data: { kind: 'json', isNullable: true, changes: 'often', isListed: false },
} as const satisfies Readonly<Record<keyof Session, Member>>;

export type MemberName = keyof typeof MEMBERS;

/** Those of a condition, in the order of the table. */
export function memberNames(isWanted: (member: Member) => boolean = () => true): readonly MemberName[] {
  return (Object.keys(MEMBERS) as MemberName[]).filter((name) => isWanted(MEMBERS[name]));
}

/** The members that lists have, before the others. */
export const LISTED: readonly MemberName[] = memberNames(({ isListed }) => isListed);
export const UNLISTED: readonly MemberName[] = memberNames(({ isListed }) => !isListed);
