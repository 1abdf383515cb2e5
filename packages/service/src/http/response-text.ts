import type { ServerResponse } from 'node:http';
import { connectionOf } from './connections/connection.ts';

/** Smaller responses are not counted as bytes in memory: the system takes them at once. */
const UNCOUNTED_CHARACTERS = 16_384;

/** Ends a response with its body. The part that the system does not take at once counts as bytes in memory. */
export function endWithText(response: ServerResponse, text: string): void {
  response.end(text);
  if (text.length > UNCOUNTED_CHARACTERS) response.once('close', countUnsent(response));
}

/**
 * Counts what the system has not taken as bytes in memory, until the returned function is called. Cuts the connection
 * if there is no memory left.
 */
export function countUnsent(response: ServerResponse): () => void {
  const { socket, writableLength: bytes } = response;
  const connection = socket && connectionOf(socket);
  if (!connection || bytes === 0) return () => {};
  if (connection.hold(bytes)) return () => connection.release(bytes);
  connection.cut('bytes_in_memory');
  return () => {};
}
