import { invalidMember, SessionsError } from '../../domain/errors.ts';
import { plain } from '../extended-json.ts';
import type { Form } from '../pieces.ts';
import { parseText } from '../pieces.ts';

type Members = Readonly<Record<string, unknown>>;

/** A session of another store. */
export interface OldSession {
  readonly sid: string;
  /** The session as the library saved it. */
  readonly session: Members;
  /** When the session ends without further activity, in milliseconds since 1970; null if the dump does not say it. */
  readonly expires_at: number | null;
}

interface OldFormat {
  readonly form: Form;
  /** Reads a record. `prefix` is that of the keys. Throws `INVALID_DATA`, which names the property. */
  readonly read: (record: Members, prefix: string) => OldSession;
}

/** The stores whose sessions can be imported. docs/migration.md shows how their dumps are made. */
export const OLD_FORMATS = {
  'connect-redis': {
    form: 'lines',
    read: ({ key, value, expires_at }, prefix) => ({
      sid: withoutPrefix(textOf('key', key), prefix),
      session: sessionOf('value', parseText(textOf('value', value))),
      expires_at: numberOrNull('expires_at', expires_at),
    }),
  },
  'connect-pg-simple': {
    form: 'lines',
    read: ({ sid, sess, expire }) => ({
      sid: textOf('sid', sid),
      session: sessionOf('sess', sess),
      expires_at: timeOf('expire', expire),
    }),
  },
  'connect-mongo': {
    form: 'either',
    read: (record) => {
      const { _id, session, expires } = plain(record) as Members;
      return {
        sid: textOf('_id', _id),
        session: sessionOf('session', typeof session === 'string' ? parseText(session) : session),
        expires_at: expires === undefined || expires === null ? null : timeOf('expires', expires),
      };
    },
  },
  memorystore: {
    form: 'lines',
    read: ({ sid, session: value }) => {
      const session = sessionOf('session', value);
      const { expires } = session.cookie as Members;
      const isNone = expires === undefined || expires === null || expires === false;
      return {
        sid: textOf('sid', sid),
        session,
        expires_at: isNone ? null : timeOf('session.cookie.expires', expires),
      };
    },
  },
} as const satisfies Readonly<Record<string, OldFormat>>;

export type OldFormatName = keyof typeof OLD_FORMATS;
export const OLD_FORMAT_NAMES = Object.keys(OLD_FORMATS) as readonly OldFormatName[];

export function isOldFormat(name: string): name is OldFormatName {
  return Object.hasOwn(OLD_FORMATS, name);
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sessionOf(member: string, value: unknown): Members {
  if (!isObject(value)) throw invalidMember(member, 'must be a session, a JSON object');
  if (!isObject(value.cookie)) throw invalidMember(`${member}.cookie`, 'must be an object');
  return value;
}

function textOf(member: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalidMember(member, 'must be a string that is not empty');
}

function withoutPrefix(key: string, prefix: string): string {
  if (key.startsWith(prefix) && key.length > prefix.length) return key.slice(prefix.length);
  throw new SessionsError('INVALID_DATA', `key does not begin with ${JSON.stringify(prefix)}; set --prefix.`);
}

function numberOrNull(member: string, value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && value >= 0) return value;
  throw invalidMember(member, 'must be milliseconds since 1970, or null');
}

/** A time with its zone: without it, the end of the session is unknown. */
const WITH_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/;

function timeOf(member: string, value: unknown): number {
  const text = typeof value === 'string' && WITH_ZONE.test(value) ? value : '';
  // PostgreSQL may write a zone without minutes, which Date.parse does not read.
  const time = Date.parse(text.replace(/([+-]\d\d)$/, '$1:00').replace(' ', 'T'));
  if (!Number.isNaN(time)) return time;
  throw invalidMember(member, 'must be a time with its zone, like 2026-01-31T12:00:00Z');
}
