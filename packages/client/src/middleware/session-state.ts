import type { SessionReader } from '@pip-sessions/contract/session-reader';
import type { Session } from '@pip-sessions/contract/v2';
import type { Credential } from './credential.ts';
import type { Settings } from './settings.ts';

/**
 * Whose session a request belongs to, by now. All mounts of the middleware that look for the same token share it: they
 * ask once, and the second one knows of a sign-in that the first one saw. Otherwise it would clear the cookie of the new
 * session with that of the old.
 */
export interface SessionState {
  readonly reader: SessionReader;
  readonly cookie_name: string;
  /** What came with the request. */
  readonly presented: Credential | null;
  credential: Credential | null;
  current: Session | null;
  /** That of an earlier mount, which looks for another token. */
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

/** The state of a mount before that looked for the same token; null when there is none. */
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
