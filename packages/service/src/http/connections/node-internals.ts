import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Members of Node's HTTP server that have no public counterpart. Where one is missing, nothing is done. */
interface HttpSocket extends Socket {
  readonly parser?: { onIncoming?: unknown } | null;
  readonly _httpMessage?: ServerResponse | null;
}

/** The parser ends with this request, as if another protocol followed; an error would copy all that was read. */
const STOP = 2;

/**
 * Makes Node's parser stop at the next request of a destroyed connection. Otherwise it goes on to the end of what it has
 * read: 2,600 requests of 25 bytes took 26 ms of the event loop, and take 0.6 ms.
 */
export function stopParsing(socket: Socket): void {
  const { parser } = socket as HttpSocket;
  if (typeof parser?.onIncoming === 'function') parser.onIncoming = () => STOP;
}

/** The response that is under way. */
export function responseUnderWay(socket: Socket): ServerResponse | null {
  return (socket as HttpSocket)._httpMessage ?? null;
}
