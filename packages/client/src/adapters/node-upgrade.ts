import type { IncomingMessage } from 'node:http';
import { authenticate, isRefusal } from '../middleware/authenticate.ts';
import { PROBLEM_TYPE, type SessionRefusal } from '../middleware/rejections.ts';
import { checkedRequirement, type SessionRequirement } from '../middleware/requirement.ts';
import { toSettings, type UserSessionsOptions } from '../middleware/settings.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { NodeExchange } from './node-http.ts';

/** An upgrade whose session is known, or the HTTP response that it gets instead, as text for its socket. */
export type EnteredUpgrade<User, Data> =
  | { readonly refused: `HTTP/1.1 ${string}`; readonly userSession?: never }
  | { readonly refused?: never; readonly userSession: UserSession<User, Data> };

/**
 * Finds out whose session an upgrade of a Node server belongs to, like the opening of a WebSocket. It goes further only
 * with a session that meets `requirement`; `null` lets everyone in. A page of another site is refused as for a POST: a
 * browser sends the cookie with the WebSockets of any page, and `Origin` alone says which (RFC 6455, 10.2). No cookie can
 * be set or cleared, so `login`, `rotate` and `logout` of the session reject. Throws a `TypeError` that names the option
 * which is wrong; the function that it answers never rejects.
 *
 * @example
 * const enterUpgrade = upgradeSessions({ client });
 * const sockets = new WebSocketServer({ noServer: true });
 * server.on('upgrade', async (request, socket, head) => {
 *   const { refused, userSession } = await enterUpgrade(request);
 *   if (refused) return socket.end(refused, () => socket.destroy());
 *   sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, userSession.required.user_id));
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
    if (isRefusal(entered)) return { refused: toText(entered) };
    const refusal = required && entered.refusal(required);
    return refusal ? { refused: toText(refusal) } : { userSession: entered as UserSession<User, Data> };
  };
}

/** A whole HTTP/1.1 response; its reason is one that RFC 9112, 4 lets be empty. */
function toText({ status, headers, body }: SessionRefusal): `HTTP/1.1 ${string}` {
  const length = new TextEncoder().encode(body).length;
  const own = { 'content-type': PROBLEM_TYPE, 'content-length': `${length}`, connection: 'close' };
  const lines = Object.entries({ ...headers, ...own }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} \r\n${lines.join('')}\r\n${body}`;
}
