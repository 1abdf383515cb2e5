import { asOf, type CloseReason, isLive, type Session } from './session.ts';

/** Which sessions; a member that is not there does not filter. */
export interface SessionFilter {
  /** The id of one session. */
  readonly id?: string;
  /** The id of the user. */
  readonly user_id?: string;
  /** By the rule of liveness at the call's `now`, not by whether a sweep has passed. */
  readonly active?: boolean;
  /** Inclusive, on `request_time`. */
  readonly from_time?: number;
  /** Exclusive, on `request_time`. */
  readonly to_time?: number;
  /** The exact `client` of the session. */
  readonly client?: string;
  /** The exact `address` of the session. */
  readonly address?: string;
  /** Of sessions that have ended, by the rule of liveness. */
  readonly close_reason?: CloseReason;
}

/** What API v1 filters by: its pages and their totals are found by an index. */
export type SessionFilterV1 = Pick<SessionFilter, 'id' | 'user_id' | 'active' | 'from_time' | 'to_time'>;

type FilterName = keyof SessionFilter;

interface FilterMember<Value> {
  readonly matches: (session: Session, value: Value, now: number) => boolean;
  /** Whether the indexes of every store serve it. Otherwise sessions have to be read, also to count those that match. */
  readonly isIndexed: boolean;
}

/** What each member of a filter means. A store that translates it into its engine's language is compared with this. */
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

/** Whether only the sessions themselves say if they match. */
export function needsSessions(filter: SessionFilter): boolean {
  return NOT_INDEXED.some((name) => filter[name] !== undefined);
}

/** Whether it can match live sessions, and ended ones. */
export function statesOf({ active, close_reason }: SessionFilter): { readonly live: boolean; readonly ended: boolean } {
  return { live: active !== false && close_reason === undefined, ended: active !== true };
}

/** Judged by this moment, every session that is open in the store is live. */
export const BEFORE_ALL_DEADLINES = 0;
