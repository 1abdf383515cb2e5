import type { SessionReader } from '@pip-sessions/contract/session-reader';
import type { Session } from '@pip-sessions/contract/v2';
import type { Credential } from './cookies/credential.ts';
import type { Settings } from './settings.ts';

/**
 * The session of a request at this moment. All mounts of the middleware that look for the same token share it. They
 * call the service once, and a later mount sees a sign-in of an earlier one. Otherwise the later mount would clear the
 * cookie of the new session, because the old session has ended.
 */
export interface SessionState {
  readonly reader: SessionReader;
  readonly cookie_name: string;
  /** The token of the request. */
  readonly presented: Credential | null;
  credential: Credential | null;
  current: Session | null;
  /** The state of an earlier mount, which looks for another token. */
  readonly earlier: SessionState | null;
}

export function newState(
  { reader, cookie }: Settings,
  presented: Credential | null,
  current: Session | null,
  earlier: SessionState | null,
): SessionState {
  return { reader, cookie_name: cookie.name, presented, credential: presented, current, earlier };
}

/** Returns the state of an earlier mount that looked for the same token; null if there is none. */
export function sharedState(
  latest: SessionState | null,
  { reader, cookie }: Settings,
  presented: Credential | null,
): SessionState | null {
  for (let state = latest; state !== null; state = state.earlier) {
    const isSame = state.reader === reader && state.cookie_name === cookie.name;
    if (isSame && state.presented?.token === presented?.token && state.presented?.from === presented?.from)
      return state;
  }
  return null;
}
