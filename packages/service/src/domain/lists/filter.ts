import type { ActorType } from '@pip-sessions/contract/actor';
import { asOf, type CloseReason, deadline, isLive, type Session } from '../session.ts';
import { addressKey, addressRange, type KeyRange, nameKey } from './search-keys.ts';

/** Selects sessions. A property that is absent does not filter. */
export interface SessionFilter {
  /** The id of one session. */
  readonly id?: string;
  /** The id of the user. */
  readonly user_id?: string;
  /** Whether the session is live at the `now` of the call (`isLive`), whether or not a sweep has closed it. */
  readonly active?: boolean;
  /** Inclusive, on `request_time`. */
  readonly from_time?: number;
  /** Exclusive, on `request_time`. */
  readonly to_time?: number;
  /** Inclusive, on `open_time`. */
  readonly opened_after?: number;
  /** Exclusive, on `open_time`. */
  readonly opened_before?: number;
  /** The exact `client` of the session. */
  readonly client?: string;
  /** An IP address, a CIDR block (`addressRange`), or another text that is exactly the `address` of the session. */
  readonly address?: string;
  /** The beginning of `user_name`, in any case of its letters. */
  readonly user_name?: string;
  /** Matches sessions that have ended at the `now` of the call (`isLive`). */
  readonly close_reason?: CloseReason;
  /** The `closed_by` of the session. Like `close_reason`, it matches sessions that have ended. */
  readonly closed_by?: string;
  /** The kind of the actor. */
  readonly actor_type?: ActorType;
  /** The id of the actor. */
  readonly actor_id?: string;
  /** Exclusive, on the nearer deadline of live sessions. */
  readonly expires_before?: number;
  /** Inclusive, on the nearer deadline of live sessions. */
  readonly expires_after?: number;
}

/** The filter of API v1. An index finds the pages and their totals. */
export type SessionFilterV1 = Pick<SessionFilter, 'id' | 'user_id' | 'active' | 'from_time' | 'to_time'>;

type FilterName = keyof SessionFilter;

interface FilterMember<Value> {
  readonly matches: (session: Session, value: Value, now: number) => boolean;
  /** Whether every store has an index for it. Otherwise sessions have to be read, also to count the matching ones. */
  readonly isIndexed: boolean;
}

/**
 * The meaning of each property of a filter. Tests compare a store that translates filters into a query language with
 * this table.
 */
export const FILTER_MEMBERS: { readonly [Name in FilterName]-?: FilterMember<NonNullable<SessionFilter[Name]>> } = {
  id: { isIndexed: true, matches: ({ id }, value) => id === value },
  user_id: { isIndexed: true, matches: ({ user_id }, value) => user_id === value },
  active: { isIndexed: true, matches: (session, value, now) => isLive(session, now) === value },
  from_time: { isIndexed: true, matches: ({ request_time }, value) => request_time >= value },
  to_time: { isIndexed: true, matches: ({ request_time }, value) => request_time < value },
  opened_after: { isIndexed: false, matches: ({ open_time }, value) => open_time >= value },
  opened_before: { isIndexed: false, matches: ({ open_time }, value) => open_time < value },
  client: { isIndexed: false, matches: ({ client }, value) => client === value },
  address: { isIndexed: false, matches: ({ address }, value) => address !== null && isIn(addressKey(address), value) },
  user_name: {
    isIndexed: false,
    matches: ({ user_name }, value) => user_name !== null && nameKey(user_name).startsWith(nameKey(value)),
  },
  close_reason: { isIndexed: false, matches: (session, value, now) => asOf(session, now).close_reason === value },
  closed_by: { isIndexed: false, matches: (session, value, now) => asOf(session, now).closed_by === value },
  actor_type: { isIndexed: false, matches: ({ actor_type }, value) => actor_type === value },
  actor_id: { isIndexed: false, matches: ({ actor_id }, value) => actor_id === value },
  expires_before: {
    isIndexed: false,
    matches: (session, value, now) => isLive(session, now) && isWithin(deadline(session), { expires_before: value }),
  },
  expires_after: {
    isIndexed: false,
    matches: (session, value, now) => isLive(session, now) && isWithin(deadline(session), { expires_after: value }),
  },
};

const MEMBERS = Object.entries(FILTER_MEMBERS) as unknown as readonly [FilterName, FilterMember<unknown>][];
const NOT_INDEXED = MEMBERS.filter(([, { isIndexed }]) => !isIndexed).map(([name]) => name);

/** Whether the deadline of a live session is within a filter. */
export function isWithin(deadline: number, filter: Pick<SessionFilter, 'expires_before' | 'expires_after'>): boolean {
  const { expires_before = Number.POSITIVE_INFINITY, expires_after = 0 } = filter;
  return deadline < expires_before && deadline >= expires_after;
}

export function isMatch(session: Session, filter: SessionFilter, now: number): boolean {
  for (const [name, { matches }] of MEMBERS) {
    const value = filter[name];
    if (value !== undefined && !matches(session, value, now)) return false;
  }
  return true;
}

/** Whether the sessions have to be read because no index can decide whether they match. */
export function needsSessions(filter: SessionFilter): boolean {
  return NOT_INDEXED.some((name) => filter[name] !== undefined);
}

/** Whether the filter can match live sessions, and whether it can match ended sessions. */
export function statesOf(filter: SessionFilter): { readonly live: boolean; readonly ended: boolean } {
  const { active, close_reason, closed_by, expires_before, expires_after } = filter;
  const hasEnd = close_reason !== undefined || closed_by !== undefined;
  const hasDeadline = expires_before !== undefined || expires_after !== undefined;
  return { live: active !== false && !hasEnd, ended: active !== true && !hasDeadline };
}

/** The range of the last address that was asked for: a list compares each session with the same one. */
let asked: { readonly address: string; readonly range: KeyRange | null } | null = null;

function isIn(key: string, address: string): boolean {
  if (asked?.address !== address) asked = { address, range: addressRange(address) };
  const { range } = asked;
  return range !== null && key >= range.from && key <= range.to;
}

/** At this time every session that is open in the store counts as live. */
export const BEFORE_ALL_DEADLINES = 0;
