/** A process with the WebSockets of users. It opens one for each token, and sends when each has closed. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { sharedTime } from '../near/figures.ts';

/** The message to the process: open a WebSocket for each token, at these addresses in turn. */
export interface OpenSockets {
  readonly tokens: readonly string[];
  readonly urls: readonly string[];
}

/** Messages of the process: all are open; when each closed, on the shared clock, and the close codes that occurred. */
export type FromSockets =
  | { readonly type: 'open' }
  | { readonly type: 'closed'; readonly times: readonly number[]; readonly codes: readonly number[] };

/** The number of WebSockets that are opened at a time. */
const AT_ONCE = 50;

process.on('message', async ({ tokens, urls }: OpenSockets) => {
  const times: number[] = [];
  const codes = new Set<number>();
  for (let first = 0; first < tokens.length; first += AT_ONCE) {
    const opening = tokens.slice(first, first + AT_ONCE).map(async (token, index) => {
      const socket = new WebSocket(urls[(first + index) % urls.length] ?? '', {
        headers: { cookie: `session=${token}` },
      });
      socket.on('close', (code) => {
        times.push(sharedTime());
        codes.add(code);
        if (times.length === tokens.length) send({ type: 'closed', times, codes: [...codes] });
      });
      await once(socket, 'open');
    });
    await Promise.all(opening);
  }
  send({ type: 'open' });
});
process.once('disconnect', () => process.exit());
process.send?.('ready');

function send(message: FromSockets): void {
  process.send?.(message);
}
