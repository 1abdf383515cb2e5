import { connect } from 'node:net';
import type { Address } from '../config.ts';

const TIMEOUT_MS = 500;

/**
 * Whether a server responds without TLS. A server without TLS does not respond to the start of a TLS handshake: it
 * waits for the end of a line.
 */
export function respondsInPlain({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS }, () => socket.write('PING\r\n'));
    const end = (isPlain: boolean) => {
      socket.destroy();
      resolve(isPlain);
    };
    socket.once('data', (bytes) => end(/^[+-]/.test(bytes.toString('latin1'))));
    for (const event of ['timeout', 'error', 'close']) socket.once(event, () => end(false));
  });
}
