import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Internal properties of Node's HTTP server without a public counterpart. If one is missing, the functions here do
 * nothing.
 */
interface HttpSocket extends Socket {
  readonly parser?: { onIncoming?: unknown } | null;
  readonly _httpMessage?: ServerResponse | null;
}

/**
 * Makes the parser stop after this request, as if another protocol followed. An error would copy all data that was
 * read.
 */
const STOP = 2;

/**
 * Makes Node's parser stop at the next request of a destroyed connection. Otherwise it parses all data that was already
 * read. For 2,600 requests of 25 bytes that took 26 ms of the event loop; now it takes 0.6 ms.
 */
export function stopParsing(socket: Socket): void {
  const { parser } = socket as HttpSocket;
  if (typeof parser?.onIncoming === 'function') parser.onIncoming = () => STOP;
}

/** Returns the response that is being sent. */
export function responseUnderWay(socket: Socket): ServerResponse | null {
  return (socket as HttpSocket)._httpMessage ?? null;
}
