import type { DataPageV1, SessionSummaryV1, SessionV1 } from './v1.ts';

type Members = Readonly<Record<string, unknown>>;

/** Reads a session from its JSON; throws a `TypeError` that names the member when it is not one. */
export function sessionFromJson(json: unknown): SessionV1 {
  const members = object(json);
  const { user = null, data = null } = members;
  return { ...summary(members), user, data };
}

/** Reads an answer of `get_sessions`; throws a `TypeError` that names the member when it is not one. */
export function pageFromJson(json: unknown): DataPageV1 {
  const { total, data } = object(json);
  if (!Array.isArray(data)) throw new TypeError('data is not an array');
  return { total: typeof total === 'number' ? total : null, data: data.map((item) => summary(object(item))) };
}

function summary(members: Members): SessionSummaryV1 {
  const { active, close_time } = members;
  if (typeof active !== 'boolean') throw new TypeError('active is not a boolean');
  // Services in Go write the year 1 into an active session's close_time, others leave it out.
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
