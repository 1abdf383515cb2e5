import { connect } from 'node:net';
import type { Address } from '../config.ts';

const TIMEOUT_MS = 500;

/** Whether a server answers without TLS: to the beginning of TLS it says nothing, and waits for the end of a line. */
export function answersInPlain({ host, port }: Address): Promise<boolean> {
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
