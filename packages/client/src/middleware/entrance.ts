import type { Session } from '../contract/v2.ts';
import { type Credential, credentialOf } from './credential.ts';
import type { Exchange } from './exchange.ts';
import { unavailable } from './faults.ts';
import { isForged } from './origin.ts';
import { crossSiteRequest, SessionRefusal } from './refusals.ts';
import type { RequestScope } from './request-scope.ts';
import type { Settings } from './settings.ts';
import { clearEndedCookie, UserSession } from './user-session.ts';

/**
 * What every request passes: finds its token, asks whose session that is, and answers either that or why the request
 * goes no further. Requests without a token do not ask the service. Never rejects, and answers at once where nobody has
 * to be asked: a promise costs more than a look into memory does.
 *
 * A cookie is cleared when the service says that its session has ended, never by a fault.
 */
export function enter(
  settings: Settings,
  exchange: Exchange,
  scope: RequestScope,
): UserSession | SessionRefusal | Promise<UserSession | SessionRefusal> {
  const credential = credentialOf(exchange, settings.credentials, settings.cookie.name);
  if (credential !== null) {
    exchange.forbidStore();
    // A page of another site cannot set `Authorization`, but the browser adds the cookie to whatever it sends.
    if (credential.from === 'cookie' && isForged(exchange, settings.origin_rules)) return crossSiteRequest();
  }
  const known = scope.find(settings, credential);
  if (known !== null) return new UserSession(settings, exchange, known);
  if (credential === null) return nobody(settings, exchange, scope);
  const session = settings.reader.peek?.(credential.token);
  if (session === undefined) return ask(settings, exchange, scope, credential);
  return entered(settings, exchange, scope, credential, session);
}

export function isRefusal(entered: UserSession | SessionRefusal): entered is SessionRefusal {
  return entered instanceof SessionRefusal;
}

/** A request without a session, or with one that is not to be used. */
export function nobody(settings: Settings, exchange: Exchange, scope: RequestScope): UserSession {
  return new UserSession(settings, exchange, scope.add(settings, null, null));
}

async function ask(settings: Settings, exchange: Exchange, scope: RequestScope, credential: Credential) {
  try {
    return entered(settings, exchange, scope, credential, await settings.reader.read(credential.token));
  } catch (error) {
    return unavailable(settings, error);
  }
}

function entered(
  settings: Settings,
  exchange: Exchange,
  scope: RequestScope,
  credential: Credential,
  session: Session | null,
): UserSession {
  // Another mount may have asked at the same time.
  const known = scope.find(settings, credential);
  if (known !== null) return new UserSession(settings, exchange, known);
  if (session === null && credential.from === 'cookie') clearEndedCookie(settings, exchange);
  return new UserSession(settings, exchange, scope.add(settings, credential, session));
}
