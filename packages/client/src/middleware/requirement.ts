import type { Session } from '@pip-sessions/contract/v2';
import { wholeNumber } from '../transport/options.ts';
import { systemTime } from '../transport/platform.ts';

/** What a request needs beyond a live session (ASVS 7.5.3). */
export interface SessionRequirement {
  /** The least `auth_level`. */
  readonly level?: number;
  /** Seconds since the user last proved who they are, at most. */
  readonly max_age_s?: number;
  /** `auth_methods` that have to be among those of the session, like `otp`. */
  readonly methods?: readonly string[];
}

/** Throws a `TypeError` that names the member which is wrong: a requirement that is never met, or always, is a mistake. */
export function checkedRequirement(requirement: SessionRequirement): SessionRequirement {
  const { level, max_age_s, methods = [] } = requirement;
  if (level !== undefined) wholeNumber('level', level, 0, LEVEL_MAX);
  if (max_age_s !== undefined) wholeNumber('max_age_s', max_age_s, 1, Number.MAX_SAFE_INTEGER);
  if (!methods.every((method) => typeof method === 'string' && method !== '')) {
    throw new TypeError("methods holds what is no name of a method: use names like 'otp'.");
  }
  return Object.freeze({ ...requirement });
}

/** Of `auth_level`. */
const LEVEL_MAX = 100;

export function isMet({ level, max_age_s, methods = [] }: SessionRequirement, session: Session): boolean {
  const { auth_level, auth_methods, auth_time } = session;
  if (level !== undefined && (auth_level === null || auth_level < level)) return false;
  if (!methods.every((method) => auth_methods.includes(method))) return false;
  // Written so that a time that cannot be read meets nothing.
  return max_age_s === undefined || systemTime() - Date.parse(auth_time) <= max_age_s * 1000;
}
