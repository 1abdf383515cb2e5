import type { Session, SessionSummary } from '../../domain/session.ts';
import type { PageRequest, SessionFilterV1, SessionPage } from '../../domain/store.ts';
import { stringText, timeText } from '../json-text.ts';
import { isStorable } from '../text-bounds.ts';

/**
 * Returns a `SessionV1` as JSON (WIRE_V1.md, Session JSON): properties in the original's order, `user` and `data` as
 * stored.
 */
export function sessionText(session: Session): string {
  const data = `,"user":${session.user ?? 'null'},"data":${session.data ?? 'null'}`;
  return `{${summaryText(session)}${data}${closeText(session)}}`;
}

/** Returns the response of `get_sessions`: sessions without `user` and `data`. */
export function pageText(page: SessionPage): string {
  const sessions = page.sessions.map((session) => `{${summaryText(session)}${closeText(session)}}`);
  return `{"total":${page.total},"data":[${sessions.join(',')}]}`;
}

/** The properties of a session that every response has. */
function summaryText(session: SessionSummary): string {
  const { open_time, request_time, close_time } = session;
  const opened = timeText(open_time);
  const requested = request_time === open_time ? opened : timeText(request_time);
  return (
    `"id":${stringText(session.id)},"user_id":${stringText(session.user_id)}` +
    `,"user_name":${stringText(session.user_name)},"active":${close_time === null}` +
    `,"open_time":${opened},"request_time":${requested}` +
    `,"address":${stringText(session.address)},"client":${stringText(session.client)}`
  );
}

/** `close_time` is absent until the session is closed. */
function closeText({ close_time }: SessionSummary): string {
  return close_time === null ? '' : `,"close_time":${timeText(close_time)}`;
}

/** A value of the toolkit's loosely typed `FilterParams`. */
type Loose = string | number | boolean | null | undefined;

/** The properties of a filter; others are ignored (WIRE_V1.md, get_sessions). */
export interface FilterV1 {
  readonly id?: Loose;
  readonly user_id?: Loose;
  readonly active?: Loose;
  readonly from_time?: Loose;
  readonly to_time?: Loose;
}

/** Matches nothing: no session has an empty id. */
const NOTHING: SessionFilterV1 = { id: '' };

export function toFilter(filter: FilterV1): SessionFilterV1 {
  const id = looseString(filter.id);
  const user_id = looseString(filter.user_id);
  // No session has such an id, and a store might confuse it with another one.
  if (!isStorable(id ?? '') || !isStorable(user_id ?? '')) return NOTHING;
  const active = looseBoolean(filter.active);
  const from_time = looseTime(filter.from_time);
  const to_time = looseTime(filter.to_time);
  return {
    ...(id !== undefined && { id }),
    ...(user_id !== undefined && { user_id }),
    ...(active !== undefined && { active }),
    ...(from_time !== undefined && { from_time }),
    ...(to_time !== undefined && { to_time }),
  };
}

export interface PagingV1 {
  readonly skip?: number | null;
  readonly take?: number | null;
  readonly total?: boolean | null;
}

/**
 * A negative `skip` counts as 0. A negative `take` gives an empty page; 0 or absent gives the maximum, which the use
 * case applies.
 */
export function toPage({ skip, take, total }: PagingV1): PageRequest {
  return {
    skip: wholeNumber(skip ?? 0),
    take: Math.round(take ?? 0) === 0 ? Number.MAX_SAFE_INTEGER : wholeNumber(take ?? 0),
    total: total === true,
  };
}

function wholeNumber(value: number): number {
  return Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER);
}

function looseString(value: Loose): string | undefined {
  return value === null || value === undefined || value === '' ? undefined : String(value);
}

const TRUE = new Set(['1', 'true', 't', 'yes', 'y']);
const FALSE = new Set(['0', 'false', 'f', 'no', 'n']);

function looseBoolean(value: Loose): boolean | undefined {
  const text = String(value).toLowerCase();
  return TRUE.has(text) ? true : FALSE.has(text) ? false : undefined;
}

/**
 * The range of `Date`. No session has a time outside it, and PostgreSQL cannot compare a time with a number of 19
 * digits.
 */
const TIME_MAX = 8.64e15;

/**
 * Parses what `Date.parse` accepts. Another number is milliseconds since 1970. A time out of range becomes the nearest
 * time in range.
 */
function looseTime(value: Loose): number | undefined {
  const text = looseString(value);
  if (text === undefined) return undefined;
  const parsed = Date.parse(text);
  const isNumber = typeof value === 'number' || /^-?\d+$/.test(text);
  const time = Number.isNaN(parsed) && isNumber ? Number(value) : parsed;
  return Number.isNaN(time) ? undefined : Math.min(Math.max(time, -TIME_MAX), TIME_MAX);
}
