import { asOf, type CloseReason, isLive, type Session } from './session.ts';

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
  /** The exact `client` of the session. */
  readonly client?: string;
  /** The exact `address` of the session. */
  readonly address?: string;
  /** Matches sessions that have ended at the `now` of the call (`isLive`). */
  readonly close_reason?: CloseReason;
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
  client: { isIndexed: false, matches: ({ client }, value) => client === value },
  address: { isIndexed: false, matches: ({ address }, value) => address === value },
  close_reason: { isIndexed: false, matches: (session, value, now) => asOf(session, now).close_reason === value },
};

const MEMBERS = Object.entries(FILTER_MEMBERS) as unknown as readonly [FilterName, FilterMember<unknown>][];
const NOT_INDEXED = MEMBERS.filter(([, { isIndexed }]) => !isIndexed).map(([name]) => name);

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
export function statesOf({ active, close_reason }: SessionFilter): { readonly live: boolean; readonly ended: boolean } {
  return { live: active !== false && close_reason === undefined, ended: active !== true };
}

/** At this time every session that is open in the store counts as live. */
export const BEFORE_ALL_DEADLINES = 0;
