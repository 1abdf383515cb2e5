import type { DataPageV1, SessionSummaryV1, SessionV1 } from './v1.ts';

type Members = Readonly<Record<string, unknown>>;

/** Converts the JSON of a session of API v1. Throws a `TypeError` that names the property which is missing or wrong. */
export function sessionFromJson(json: unknown): SessionV1 {
  const members = object(json);
  const { user = null, data = null } = members;
  return { ...summary(members), user, data };
}

/**
 * Converts the JSON of a response to `get_sessions`. Throws a `TypeError` that names the property which is missing or
 * wrong.
 */
export function pageFromJson(json: unknown): DataPageV1 {
  const { total, data } = object(json);
  if (!Array.isArray(data)) throw new TypeError('data is not an array');
  return { total: typeof total === 'number' ? total : null, data: data.map((item) => summary(object(item))) };
}

function summary(members: Members): SessionSummaryV1 {
  const { active, close_time } = members;
  if (typeof active !== 'boolean') throw new TypeError('active is not a boolean');
  // Services in Go write the year 1 as `close_time` of an active session; other services omit it.
  const closed = !active && close_time !== null && close_time !== undefined;
  return {
    id: string(members, 'id'),
    // The original stores an empty user_id as null.
    user_id: stringOrNull(members, 'user_id') ?? '',
    user_name: stringOrNull(members, 'user_name'),
    active,
    open_time: time(members, 'open_time'),
    request_time: time(members, 'request_time'),
    ...(closed && { close_time: time(members, 'close_time') }),
    address: stringOrNull(members, 'address'),
    client: stringOrNull(members, 'client'),
  };
}

function object(json: unknown): Members {
  if (typeof json !== 'object' || json === null) throw new TypeError('not an object');
  return json as Members;
}

function string(members: Members, name: string): string {
  const value = members[name];
  if (typeof value !== 'string') throw new TypeError(`${name} is not a string`);
  return value;
}

function stringOrNull(members: Members, name: string): string | null {
  return members[name] === undefined || members[name] === null ? null : string(members, name);
}

function time(members: Members, name: string): Date {
  const date = new Date(string(members, name));
  if (Number.isNaN(date.getTime())) throw new TypeError(`${name} is not a time`);
  return date;
}
