import type { IncomingMessage } from 'node:http';
import { authenticate, isRejection } from '../middleware/authenticate.ts';
import { PROBLEM_TYPE, type SessionRejection } from '../middleware/rejections/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { NodeExchange } from './node-http.ts';

/** The result for an upgrade: its session, or the HTTP response that rejects it, as text for the socket. */
export type EnteredUpgrade<User, Data> =
  | {
      /** The whole HTTP response that rejects the upgrade. */
      readonly rejection: `HTTP/1.1 ${string}`;
      readonly userSession?: never;
    }
  | {
      readonly rejection?: never;
      /** The session of the upgrade. */
      readonly userSession: UserSession<User, Data>;
    };

/**
 * Creates a function that finds the session of an upgrade of a Node server, such as the opening of a WebSocket. An
 * upgrade is rejected unless its session meets `requirement`; with `null`, no session is needed.
 *
 * A page of another site is rejected as for a POST. A browser sends the cookie with the WebSockets of every page, and
 * only `Origin` names the page (RFC 6455, 10.2). An upgrade cannot set or clear a cookie, so `login`, `rotate` and
 * `logout` of the session reject.
 *
 * Throws a `TypeError` that names an option which is wrong. The function that it returns never rejects.
 *
 * @example
 * import { createServer } from 'node:http';
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { upgradeSessions } from '@pip-sessions/client/express';
 *
 * const enterUpgrade = upgradeSessions({ client: createSessionsClient({ url: 'http://localhost:8080', key }) });
 * createServer().on('upgrade', async (request, socket) => {
 *   const { rejection, userSession } = await enterUpgrade(request);
 *   if (rejection) return void socket.end(rejection, () => socket.destroy());
 *   console.log(userSession.required.user_id); // pass the socket to a WebSocket library
 * });
 */
export function upgradeSessions<User = unknown, Data = unknown>(
  options: UserSessionsOptions,
  requirement: SessionRequirement | null = {},
): (request: IncomingMessage) => Promise<EnteredUpgrade<User, Data>> {
  const settings = toSettings(options);
  const required = requirement && checkedRequirement(requirement);
  return async function enterUpgrade(request) {
    const entered = await authenticate(settings, new NodeExchange(request, null, null));
    if (isRejection(entered)) return { rejection: toText(entered) };
    const rejection = required && entered.rejection(required);
    return rejection ? { rejection: toText(rejection) } : { userSession: entered as UserSession<User, Data> };
  };
}

/** Returns a whole HTTP/1.1 response. Its reason phrase is empty, as RFC 9112, 4 allows. */
function toText({ status, headers, body }: SessionRejection): `HTTP/1.1 ${string}` {
  const length = new TextEncoder().encode(body).length;
  const own = { 'content-type': PROBLEM_TYPE, 'content-length': `${length}`, connection: 'close' };
  const lines = Object.entries({ ...headers, ...own }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} \r\n${lines.join('')}\r\n${body}`;
}
