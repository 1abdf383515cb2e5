/**
 * Closes connections when their session ends: WebSockets of `ws`, sockets of Socket.IO, and responses of Node that stay
 * open, such as server-sent events. It needs no package of its own.
 *
 * @example
 * import { createServer } from 'node:http';
 * import { createCachedSessionsClient } from '@pip-sessions/client';
 * import { upgradeSessions } from '@pip-sessions/client/express';
 * import { endWebSocketWith } from '@pip-sessions/client/live-connections';
 * import { WebSocketServer } from 'ws';
 *
 * const enterUpgrade = upgradeSessions({ client: createCachedSessionsClient({ url: 'http://localhost:8080', key }) });
 * const webSockets = new WebSocketServer({ noServer: true });
 * createServer().on('upgrade', async (request, socket, head) => {
 *   const { rejection, userSession } = await enterUpgrade(request);
 *   if (rejection) return void socket.end(rejection, () => socket.destroy());
 *   return webSockets.handleUpgrade(request, socket, head, (webSocket) => endWebSocketWith(userSession, webSocket));
 * });
 */
import type { EndReason } from '@pip-sessions/contract/session-reader';

export type { EndReason } from '@pip-sessions/contract/session-reader';

/**
 * The source of a session's end: `userSession`, or `{ endWith: (close) => client.endWith(session, close) }`. It calls
 * `close` when the session ends.
 */
export interface EndSource {
  /** Registers a connection. Returns a function that forgets it. */
  readonly endWith: (close: (reason: EndReason) => void) => () => void;
}

/** The methods of a WebSocket of the package `ws` that are used. */
export interface WebSocketLike {
  /** Calls a listener when the socket has closed. */
  on(event: 'close', listener: () => void): unknown;
  /** Removes the listeners for messages. */
  removeAllListeners(event: 'message'): unknown;
  /** Sends a close frame. */
  close(code: number, reason: string): void;
  /** Closes the connection at once. */
  terminate(): void;
}

/** The methods of a server's socket of Socket.IO 4 that are used. */
export interface SocketIoLike {
  /** Calls a listener when the socket has disconnected. */
  on(event: 'disconnect', listener: () => void): unknown;
  /** Sends an event. */
  emit(event: string, ...values: unknown[]): unknown;
  /** Closes the socket and its connection. */
  disconnect(close: true): unknown;
}

/** The methods of a response of Node that are used. */
export interface OpenResponse {
  /** Calls a listener when the connection of the response has closed. */
  on(event: 'close', listener: () => void): unknown;
  /** Sends the last text. */
  end(text?: string): unknown;
  /** Closes the connection at once. */
  destroy(): unknown;
}

/** The close code of a WebSocket whose session has ended. Codes from 4000 on are for applications (RFC 6455, 7.4.2). */
export const SESSION_ENDED_CODE = 4401;
/** The close code "Try Again Later" of a WebSocket whose session could not be confirmed (IANA registry). */
export const TRY_AGAIN_CODE = 1013;
/** The event of Socket.IO before the connection is closed. Its value is the reason. */
export const SESSION_ENDED_EVENT = 'session_ended';
/** A peer that does not close its side within this time, in milliseconds, is cut off. */
const CLOSING_MS_MAX = 1_000;

/**
 * Closes a WebSocket of `ws` when the session ends: with the code 4401 and the reason, or with 1013 for `unconfirmed`.
 * Messages that arrive after that do not reach the application. Throws as `userSession.endWith` does.
 *
 * @example
 * import { endWebSocketWith } from '@pip-sessions/client/live-connections';
 * import { WebSocket } from 'ws';
 *
 * const accepted = (webSocket: WebSocket) => endWebSocketWith(userSession, webSocket);
 */
export function endWebSocketWith(session: EndSource, socket: WebSocketLike): void {
  const cutOff = cutOffTimer(() => socket.terminate());
  const stop = session.endWith((reason) => {
    // The library would deliver messages until the peer has responded to the close frame.
    socket.removeAllListeners('message');
    socket.close(reason === 'unconfirmed' ? TRY_AGAIN_CODE : SESSION_ENDED_CODE, reason);
    cutOff.start();
  });
  socket.on('close', () => {
    stop();
    cutOff.stop();
  });
}

/**
 * Disconnects a socket of Socket.IO, and its connection, when the session ends. The client gets the event `session_ended`
 * with the reason before. Throws as `userSession.endWith` does.
 *
 * @example
 * import { endSocketWith } from '@pip-sessions/client/live-connections';
 * import { Server } from 'socket.io';
 *
 * new Server(3000).on('connection', (socket) => endSocketWith(socket.data.userSession, socket));
 */
export function endSocketWith(session: EndSource, socket: SocketIoLike): void {
  const stop = session.endWith((reason) => {
    socket.emit(SESSION_ENDED_EVENT, reason);
    socket.disconnect(true);
  });
  socket.on('disconnect', stop);
}

/**
 * Ends a response of Node that stays open, such as server-sent events, when the session ends. `farewell` returns the last
 * text; default: the event `session_ended` with the reason. `onEnd` is called before: stop writing there. Throws as
 * `userSession.endWith` does.
 *
 * @example
 * import { createServer } from 'node:http';
 * import { endResponseWith } from '@pip-sessions/client/live-connections';
 *
 * createServer((_, response) => {
 *   const timer = setInterval(() => response.write('data: tick\n\n'), 1_000);
 *   endResponseWith(userSession, response, () => clearInterval(timer));
 * });
 */
export function endResponseWith(
  session: EndSource,
  response: OpenResponse,
  onEnd: () => void = () => {},
  farewell: (reason: EndReason) => string = (reason) => `event: ${SESSION_ENDED_EVENT}\ndata: ${reason}\n\n`,
): void {
  const cutOff = cutOffTimer(() => response.destroy());
  let isOpen = true;
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    onEnd();
  };
  const stop = session.endWith((reason) => {
    end();
    response.end(farewell(reason));
    cutOff.start();
  });
  response.on('close', () => {
    stop();
    cutOff.stop();
    end();
  });
}

function cutOffTimer(cutOff: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    start: () => {
      timer = setTimeout(cutOff, CLOSING_MS_MAX);
    },
    stop: () => clearTimeout(timer),
  };
}
