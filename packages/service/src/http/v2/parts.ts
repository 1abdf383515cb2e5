import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { monotonicTime } from '../../domain/time/clock.ts';
import { connectionOf } from '../connections/connection.ts';
import { NO_SNIFFING } from '../media-type.ts';
import { countUnsent } from '../response-text.ts';

const HEADERS = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store', ...NO_SNIFFING };

/** Maximum time of a response in parts, however steadily the client reads. */
const PARTS_MS_MAX = 600_000;

/**
 * Sends a response in parts. The next part is only made when the client has taken the one before, so one part is in
 * memory. Stops when the connection ends. Rejects with the fault of a part: if others are already sent, the caller must
 * destroy the response, because its end would look complete.
 */
export async function sendParts(response: ServerResponse, parts: AsyncIterable<string>): Promise<void> {
  const until = monotonicTime() + PARTS_MS_MAX;
  for await (const part of parts) {
    if (hasEnded(response)) return;
    if (!response.headersSent) response.writeHead(200, HEADERS);
    if (!response.write(part)) await taken(response);
    // Other requests run between two parts, also if the store and the client are always ready.
    await nextTurn();
    if (monotonicTime() > until) response.socket && connectionOf(response.socket)?.cut('response_timeout');
    if (hasEnded(response)) return;
  }
  response.end();
}

function hasEnded({ socket, destroyed }: ServerResponse): boolean {
  return destroyed || socket === null || socket.destroyed;
}

/** Resolves when the client has taken everything that was written, or the connection has ended. */
async function taken(response: ServerResponse): Promise<void> {
  const release = countUnsent(response);
  if (!hasEnded(response)) {
    await new Promise<void>((resolve) => {
      response.once('drain', resolve);
      response.once('close', resolve);
    });
  }
  release();
  // The client reads: the timeout of unread bytes begins again with the next part.
  const connection = response.socket && connectionOf(response.socket);
  if (connection) connection.unread_since = null;
}
