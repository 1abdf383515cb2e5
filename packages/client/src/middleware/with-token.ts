import { isEndedToken } from '../v2/own-sessions.ts';
import { actorSession, sessionRequired } from './rejections/rejections.ts';
import { attempt } from './rejections/service-errors.ts';
import type { SessionState } from './session-state.ts';
import type { Settings } from './settings.ts';

/**
 * Calls the service with the token of the request. Rejects with `SESSION_REQUIRED` if there is none, or if its session
 * has ended since the request arrived. Rejects with `ACTOR_SESSION` if the session has an actor.
 */
export async function withToken<T>(
  settings: Settings,
  { credential, current }: SessionState,
  call: (client: Settings['client'], token: string) => Promise<T>,
): Promise<T> {
  if (credential === null || current === null) throw sessionRequired(credential?.from ?? null);
  if (current.actor !== null) throw actorSession();
  try {
    return await attempt(settings, () => call(settings.client, credential.token));
  } catch (error) {
    throw isEndedToken(error) ? sessionRequired(credential.from) : error;
  }
}
