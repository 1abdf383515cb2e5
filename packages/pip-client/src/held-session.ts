import type { SessionSummaryV1, SessionV1 } from '@pip-sessions/contract/v1';

/**
 * A session as `SessionsMemoryClientV1` stores it. It shares no object with callers: times are milliseconds since 1970,
 * `user` and `data` are JSON texts.
 */
export interface HeldSession {
  readonly id: string;
  readonly user_id: string;
  readonly user_name: string | null;
  readonly address: string | null;
  readonly client: string | null;
  readonly open_time: number;
  readonly request_time: number;
  readonly close_time: number | null;
  readonly user: string | null;
  readonly data: string | null;
}

/** Returns the session as it is at `now`. A session past its timeout is closed at its deadline, swept or not. */
export function asOf(held: HeldSession, now: number, expire_timeout_ms: number): HeldSession {
  const deadline = held.request_time + expire_timeout_ms;
  return held.close_time === null && now >= deadline ? ended(held, deadline) : held;
}

/** Returns the ended session, which has no `user` and no `data`. */
export function ended(held: HeldSession, close_time: number): HeldSession {
  return { ...held, close_time, user: null, data: null };
}

/** Compares two sessions: the newest activity first, then by id. */
export function byActivity(a: HeldSession, b: HeldSession): number {
  return b.request_time - a.request_time || (a.id < b.id ? -1 : 1);
}

export function toSession(held: HeldSession): SessionV1 {
  return { ...toSummary(held), user: fromText(held.user), data: fromText(held.data) };
}

export function toSummary(held: HeldSession): SessionSummaryV1 {
  const { id, user_id, user_name, open_time, request_time, close_time, address, client } = held;
  return {
    id,
    user_id,
    user_name,
    active: close_time === null,
    open_time: new Date(open_time),
    request_time: new Date(request_time),
    ...(close_time !== null && { close_time: new Date(close_time) }),
    address,
    client,
  };
}

/** Converts a JSON value to its text; null and undefined to null. */
export function toText(value: unknown): string | null {
  return value === null ? null : (JSON.stringify(value) ?? null);
}

function fromText(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
