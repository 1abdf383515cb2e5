import { credentialOf } from './credential.ts';
import type { ReplyHeaders, RequestView } from './exchange.ts';
import { unavailable } from './faults.ts';
import { isForged } from './origin.ts';
import { crossSiteRequest, SessionRefusal } from './refusals.ts';
import type { Settings } from './settings.ts';
import { clearCookie, UserSession } from './user-session.ts';

/**
 * What every request passes: finds its token, asks whose session that is, and answers either that or why the request
 * goes no further. Requests without a token do not ask the service. Never rejects.
 *
 * A cookie is cleared when the service says that its session has ended, never by a fault.
 */
export async function enter(
  settings: Settings,
  request: RequestView,
  reply: ReplyHeaders,
): Promise<UserSession | SessionRefusal> {
  const credential = credentialOf(request, settings.credentials, settings.cookie.name);
  if (credential === null) return new UserSession(settings, request, reply, null, null);
  reply.forbidStore();
  // A page of another site cannot set `Authorization`, but the browser adds the cookie to whatever it sends.
  if (credential.from === 'cookie' && isForged(request, settings.origin_rules)) return crossSiteRequest();
  try {
    const session = await settings.reader.read(credential.token);
    if (session === null && credential.from === 'cookie') clearCookie(settings, reply);
    return new UserSession(settings, request, reply, credential, session);
  } catch (error) {
    return unavailable(settings, error);
  }
}

export function isRefusal(entered: UserSession | SessionRefusal): entered is SessionRefusal {
  return entered instanceof SessionRefusal;
}
