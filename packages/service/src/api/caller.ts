import type { Scope } from '@pip-sessions/contract/scopes';
import { invalidMember } from '../domain/errors.ts';

/** The sender of a request. */
export interface Caller {
  /** The name of the API key; null if no key is required. */
  readonly key: string | null;
  /** The scope of the caller; `admin` if no key is required. */
  readonly scope: Scope;
  /** The remote address of the connection; empty for a caller in the same process. */
  readonly address: string;
}

/** The name for ends by a caller whose requests need no key. */
const NO_KEY = 'anonymous';
/** `closed_by` says who ended a session. A caller may not claim to be the service or an API key. */
const RESERVED = /^(policy|system|key:.*)$/is;

/**
 * Returns who ends a session: what the caller gave as `by`, else its API key. Throws `INVALID_DATA` for a reserved
 * value.
 */
export function closedBy(by: string | undefined, { key }: Caller): string {
  if (by === undefined) return key === null ? NO_KEY : `key:${key}`;
  // Texts that look the same count too.
  if (RESERVED.test(by.normalize('NFKC').trim()))
    throw invalidMember('by', 'must not be policy or system, and must not begin with key:');
  return by;
}
