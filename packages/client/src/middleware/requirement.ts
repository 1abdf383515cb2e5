import { assertKnownOptions, assertObject } from '@pip-sessions/contract/arguments';
import type { Session } from '@pip-sessions/contract/v2';
import { wholeNumber } from '../transport/options.ts';
import { systemTime } from '../transport/platform.ts';

/** The authentication that a request needs, beyond a live session (ASVS 7.5.3). */
export interface SessionRequirement {
  /** The minimum `auth_level` of the session. */
  readonly level?: number;
  /** The maximum time since the user last authenticated, in seconds. */
  readonly max_age_s?: number;
  /** Methods that the `auth_methods` of the session must include, such as `otp`. */
  readonly methods?: readonly string[];
}

/**
 * Checks a requirement. Throws a `TypeError` that names a property which is wrong: every session or none would meet it.
 */
export function checkedRequirement(requirement: SessionRequirement): SessionRequirement {
  assertObject(requirement, 'properties of requireSession', 'requireSession({ level: 2 })');
  if ('headers' in requirement) throw new TypeError('requireSession is not called: use requireSession().');
  assertKnownOptions(requirement, 'requireSession', PROPERTIES);
  const { level, max_age_s, methods = [] } = requirement;
  if (level !== undefined) wholeNumber('level', level, 0, LEVEL_MAX);
  if (max_age_s !== undefined) wholeNumber('max_age_s', max_age_s, 1, Number.MAX_SAFE_INTEGER);
  if (!methods.every((method) => typeof method === 'string' && method !== '')) {
    throw new TypeError("methods contains a value that is not a non-empty string: use names like 'otp'.");
  }
  return Object.freeze({ ...requirement });
}

const PROPERTIES: Readonly<Record<keyof SessionRequirement, true>> = { level: true, max_age_s: true, methods: true };

/** The maximum of `auth_level`. */
const LEVEL_MAX = 100;

export function isMet({ level, max_age_s, methods = [] }: SessionRequirement, session: Session): boolean {
  const { auth_level, auth_methods, auth_time } = session;
  if (level !== undefined && (auth_level === null || auth_level < level)) return false;
  if (!methods.every((method) => auth_methods.includes(method))) return false;
  // An unreadable time meets no requirement.
  return max_age_s === undefined || systemTime() - Date.parse(auth_time) <= max_age_s * 1000;
}
