import { hash } from 'node:crypto';
import { entryOpening, FIRST_TURN, signInKey } from '@pip-sessions/contract/browser-entries';
import {
  defaultUserId,
  type LibraryJson,
  maxAgeOf,
  storedSession,
  userIdOf,
} from '@pip-sessions/contract/library-session';
import { isStorable, STRING_LENGTH_MAX } from '../../api/text-bounds.ts';
import { invalidMember } from '../../domain/errors.ts';
import { repeatableSessionId } from '../../domain/ids.ts';
import { toJsonText } from '../../domain/json.ts';
import { newSession } from '../../domain/open-request.ts';
import type { Session } from '../../domain/session.ts';
import type { SessionsSettings } from '../../domain/settings.ts';
import { firstToken } from '../../domain/tokens/first-token.ts';
import { assertIsUser } from '../../domain/users/browser-entries.ts';
import { isObject, type OldSession } from './formats.ts';

export interface ConvertOptions {
  /** The marker of the store in the application. */
  readonly marker: string;
  /** The path to the user in a session, such as `['passport', 'user']`; null for the default of the stores. */
  readonly user_path: readonly string[] | null;
  readonly settings: SessionsSettings;
  /** Maximum size of a session as JSON. */
  readonly value_bytes_max: number;
  readonly now: number;
}

/** The sessions that the store of a session library would have opened for one `sid`. */
export interface Converted {
  readonly entry: Session;
  /** The session of the user; null for a visitor. */
  readonly sign_in: Session | null;
}

const sha256 = (text: string) => hash('sha256', text, 'hex');

/**
 * Converts a session of another store. Ids and tokens follow from the `sid` as in the stores of `@pip-sessions/client`,
 * so a browser keeps its cookie. Returns null if it has expired. Throws `INVALID_DATA` and names the property.
 */
export function converted({ sid, session, expires_at }: OldSession, options: ConvertOptions): Converted | null {
  const { marker, user_path, settings, now } = options;
  if (expires_at !== null && expires_at <= now) return null;
  if (!isStorable(sid)) throw invalidMember('the session id', `must be at most ${STRING_LENGTH_MAX} characters`);
  const idle_timeout_ms = idleTimeoutMs(session.cookie, settings, now);
  if (idle_timeout_ms <= 0) return null;
  const data = storedSession(session, maxAgeOf(session.cookie));
  const user_id = userOf(data, user_path);
  // The end is known, and the last activity follows from it.
  const active_until = Math.max(0, Math.min(now, expires_at === null ? now : Math.floor(expires_at) - idle_timeout_ms));
  const opening = entryOpening(sha256, marker, sid, 0);

  const open = (owner: string, key: string, client: string | null, content: object): Session => {
    const text = toJsonText(content);
    if (Buffer.byteLength(text) > options.value_bytes_max) {
      throw invalidMember('the session', `must be at most ${options.value_bytes_max} bytes; see SESSIONS_VALUE_LIMIT`);
    }
    const request = { user_id: owner, client, data: text, idle_timeout_ms };
    return newSession(repeatableSessionId(owner, key), request, firstToken(key).state, settings, active_until);
  };
  if (user_id === null) {
    return { entry: open(opening.user_id, opening.key, marker, { sid, session: data }), sign_in: null };
  }
  const sign_in = open(user_id, signInKey(sha256, opening.key, user_id, FIRST_TURN), null, data);
  const place = { user_id, session_id: sign_in.id, turn: FIRST_TURN };
  return { entry: open(opening.user_id, opening.key, marker, { sid, sign_in: place }), sign_in };
}

/** `maxAge`, else the time until a fixed `expires`, else the default; in whole seconds, as the stores set it. */
function idleTimeoutMs(cookie: unknown, settings: SessionsSettings, now: number): number {
  const expires = isObject(cookie) && typeof cookie.expires === 'string' ? Date.parse(cookie.expires) : Number.NaN;
  const fixed_ms = Number.isNaN(expires) ? settings.idle_timeout_ms : expires - now;
  const life_ms = maxAgeOf(cookie) ?? fixed_ms;
  if (life_ms <= 0) return 0;
  return Math.min(Math.ceil(life_ms / 1000) * 1000, settings.idle_timeout_ms_max);
}

function userOf(session: LibraryJson, path: readonly string[] | null): string | null {
  const value = path === null ? defaultUserId(session) : valueAt(session, path);
  const user_id = userIdOf(value);
  if (user_id === null) return null;
  if (user_id === undefined) {
    const name = path?.join('.') ?? 'the user (userId, passport.user.id or passport.user)';
    throw invalidMember(name, 'must be a string or a number; set --user to the path of the id');
  }
  if (!isStorable(user_id)) throw invalidMember('the user id', `must be at most ${STRING_LENGTH_MAX} characters`);
  assertIsUser(user_id);
  return user_id;
}

function valueAt(session: LibraryJson, path: readonly string[]): unknown {
  let value: unknown = session;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return null;
    value = value[name];
  }
  return value;
}
