import { CLOSE_REASONS } from '@pip-sessions/client/contract';
import { Compile, Type } from '#typebox';
import { SessionsError } from '../domain/errors.ts';
import { isoTime } from '../domain/iso-time.ts';
import { type JsonText, toJsonText } from '../domain/json.ts';
import type { CloseReason, Session } from '../domain/session.ts';
import { sessionText } from '../http/v1/wire.ts';
import { invalidData } from '../http/validation.ts';

/** A session of the file, and the members of its entry that are not the service's own, as JSON. */
export interface FileEntry {
  readonly session: Session;
  /** Like `,"tenant":"a"`, or empty. They are written back as they were. */
  readonly rest: string;
}

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Any = Type.Optional(Type.Unknown());
/** The microservice's own members come first; those from `idle_timeout_ms` on are additions that it ignores. */
const Entry = Type.Object({
  id: Type.String({ minLength: 1 }),
  user_id: Type.String(),
  user_name: Text,
  active: Type.Boolean(),
  open_time: Type.String(),
  request_time: Type.String(),
  close_time: Text,
  address: Text,
  client: Text,
  user: Any,
  data: Any,
  idle_timeout_ms: Type.Optional(Type.Integer({ minimum: 1 })),
  expire_time: Text,
  close_reason: Type.Optional(Type.Union(CLOSE_REASONS.map((reason) => Type.Literal(reason)))),
  revision: Type.Optional(Type.Integer({ minimum: 1 })),
  active_until: Text,
  auth_time: Text,
  auth_methods: Type.Optional(Type.Array(Type.String())),
  auth_level: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  token: Type.Optional(
    Type.Object({
      hash: Type.String(),
      open_nonce: Type.Union([Type.String(), Type.Null()]),
      past: Type.Array(Type.Object({ hash: Type.String(), nonce: Type.String(), grace_until: Type.Integer() })),
    }),
  ),
});
const MEMBERS = new Set(Object.keys(Entry.properties));
const validator = Compile(Entry);

/**
 * Reads the array of sessions that the microservice's file store writes. Throws `STORE_UNUSABLE`, naming the entry,
 * for a file that is damaged. A file without any text holds no sessions.
 */
export function parseSessionsFile(path: string, text: string, idle_timeout_ms: number): FileEntry[] {
  if (text.trim() === '') return [];
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, `it is not JSON: ${(cause as Error).message}`);
  }
  if (!Array.isArray(entries)) throw damaged(path, 'it should hold an array of sessions');
  const ids = new Set<string>();
  return entries.map((value: unknown, index) => {
    try {
      const entry = parseEntry(value, idle_timeout_ms);
      if (ids.has(entry.session.id)) throw new Error('an earlier entry has the same id');
      ids.add(entry.session.id);
      return entry;
    } catch (error) {
      throw damaged(path, `entry ${index + 1} of ${entries.length}: ${(error as Error).message}`);
    }
  });
}

/** The whole file: an entry a line, so that people can read and compare it. */
export function sessionsFileText(entries: Iterable<string>): string {
  return `[\n${[...entries].join(',\n')}\n]\n`;
}

export function entryText({ session, rest }: FileEntry): string {
  const { idle_timeout_ms, expire_time, close_reason, revision, active_until, token } = session;
  const { auth_time, auth_methods, auth_level } = session;
  const additions = JSON.stringify({
    idle_timeout_ms,
    ...(expire_time !== null && { expire_time: isoTime(expire_time) }),
    ...(close_reason !== null && { close_reason }),
    revision,
    ...(active_until !== session.request_time && { active_until: isoTime(active_until) }),
    ...(auth_time !== session.open_time && { auth_time: isoTime(auth_time) }),
    ...(auth_methods.length > 0 && { auth_methods }),
    ...(auth_level !== null && { auth_level }),
    ...(token !== null && { token }),
  });
  return `${sessionText(session).slice(0, -1)},${additions.slice(1, -1)}${rest}}`;
}

function parseEntry(value: unknown, idle_timeout_ms: number): FileEntry {
  if (typeof value !== 'object' || value === null) throw new Error('it is not an object');
  if (!validator.Check(value)) throw invalidData(validator.Errors(value));
  const { active, close_reason } = value;
  const open_time = time('open_time', value.open_time);
  const request_time = time('request_time', value.request_time);
  const close_time = active ? null : value.close_time ? time('close_time', value.close_time) : request_time;
  const session: Session = {
    id: value.id,
    user_id: value.user_id,
    user_name: value.user_name ?? null,
    address: value.address ?? null,
    client: value.client ?? null,
    user: jsonOrNull(value.user),
    data: jsonOrNull(value.data),
    open_time,
    request_time,
    active_until: value.active_until ? time('active_until', value.active_until) : request_time,
    idle_timeout_ms: value.idle_timeout_ms ?? idle_timeout_ms,
    expire_time: value.expire_time ? time('expire_time', value.expire_time) : null,
    close_time,
    close_reason: active ? null : ((close_reason ?? 'closed') satisfies CloseReason),
    revision: value.revision ?? 1,
    auth_time: value.auth_time ? time('auth_time', value.auth_time) : open_time,
    auth_methods: value.auth_methods ?? [],
    auth_level: value.auth_level ?? null,
    token: value.token ?? null,
  };
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !MEMBERS.has(name)));
  const restText = JSON.stringify(rest).slice(1, -1);
  return { session, rest: restText && `,${restText}` };
}

function time(member: string, text: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw new Error(`${member} must be a time, and is ${JSON.stringify(text)}.`);
  return value;
}

function jsonOrNull(value: unknown): JsonText | null {
  return value === undefined || value === null ? null : toJsonText(value);
}

function damaged(path: string, reason: string): SessionsError {
  const message = `The sessions file ${path} cannot be read, and was left as it is: ${reason}`;
  return new SessionsError('STORE_UNUSABLE', message, { details: { path } });
}
