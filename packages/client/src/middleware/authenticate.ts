import type { Session } from '@pip-sessions/contract/v2';
import { cookieLine } from './cookies/cookies.ts';
import { type Credential, credentialOf } from './cookies/credential.ts';
import type { Exchange } from './http-adapter.ts';
import { isForged } from './origin.ts';
import { crossSiteRequest, SessionRejection } from './rejections/rejections.ts';
import { unavailable } from './rejections/service-errors.ts';
import { newState, sharedState } from './session-state.ts';
import type { Settings } from './settings.ts';
import { UserSession } from './user-session.ts';

/**
 * Finds the session of a request. Returns it, or the rejection that ends the request. A request without a token causes no
 * call of the service, nor does one that an earlier mount has handled. It never rejects. It returns no promise if the
 * session is in memory: a promise costs more than the lookup.
 *
 * The request does not count as activity if `isPassive`.
 *
 * A cookie is cleared if the service reports that its session has ended, never because of a fault.
 */
export function authenticate(
  settings: Settings,
  exchange: Exchange,
  isPassive = false,
): UserSession | SessionRejection | Promise<UserSession | SessionRejection> {
  const credential = credentialOf(exchange, settings.credentials, settings.cookie.name);
  if (credential !== null) {
    exchange.forbidStore();
    // A page of another site cannot set `Authorization`, but the browser adds the cookie to every request of the page.
    if (credential.from === 'cookie' && isForged(exchange, settings.origin_rules)) return crossSiteRequest();
  }
  const shared = sharedState(exchange.latest, settings, credential);
  if (shared !== null) return new UserSession(settings, exchange, shared);
  if (credential === null) return withoutSession(settings, exchange);
  const session = settings.reader.peek?.(credential.token);
  return session === undefined
    ? ask(settings, exchange, credential, isPassive)
    : entered(settings, exchange, credential, session);
}

export function isRejection(entered: UserSession | SessionRejection): entered is SessionRejection {
  return entered instanceof SessionRejection;
}

/** The state of a request without a session, or with one that must not be used. */
export function withoutSession(settings: Settings, exchange: Exchange): UserSession {
  exchange.latest = newState(settings, null, null, exchange.latest);
  return new UserSession(settings, exchange, exchange.latest);
}

async function ask(settings: Settings, exchange: Exchange, credential: Credential, isPassive: boolean) {
  try {
    const session = await settings.reader.read(credential.token, isPassive ? { touch: false } : undefined);
    // Another mount may have read it at the same time.
    const shared = sharedState(exchange.latest, settings, credential);
    return shared ? new UserSession(settings, exchange, shared) : entered(settings, exchange, credential, session);
  } catch (error) {
    return unavailable(settings, error);
  }
}

function entered(settings: Settings, exchange: Exchange, credential: Credential, session: Session | null): UserSession {
  const { cookie } = settings;
  // Unless the handler sets a new one.
  if (session === null && credential.from === 'cookie') exchange.setCookie(cookie, cookieLine(cookie, '', 0), true);
  exchange.latest = newState(settings, credential, session, exchange.latest);
  return new UserSession(settings, exchange, exchange.latest);
}
