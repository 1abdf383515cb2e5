import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { sharedTime } from '../near/figures.ts';

/** The message to the crowd: each listener waits for the end of this session. */
export interface Watch {
  readonly id: string;
}

/** Messages of the crowd: all listeners follow the changes; when each listener received the end. */
export type FromCrowd = { readonly type: 'ready' } | { readonly type: 'seen'; readonly times: readonly number[] };

const CONNECTED_AT_ONCE = 50;
const READ_BUFFER_BYTES = 65_536;
const KINDS = 'changed,ended,removed';

/** Many listeners of the change stream in one process, with as little CPU as possible: `<listeners> <port>`. */
const [count = 0, port = 0] = process.argv.slice(2).map(Number);
const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
let watched: { readonly id: string; readonly times: (number | undefined)[]; left: number } | null = null;

function listen(n: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const callback = (size: number) => {
    if (watched && watched.times[n] === undefined && buffer.toString('latin1', 0, size).includes(watched.id)) {
      watched.times[n] = sharedTime();
      watched.left -= 1;
      if (watched.left === 0) report(watched.times);
    }
    resolve(socket);
    return true;
  };
  const socket = connect({ port, host: '127.0.0.1', onread: { buffer, callback } });
  socket.write(`GET /v2/changes HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nsessions-change-kinds: ${KINDS}\r\n\r\n`);
  socket.on('error', reject);
  socket.on('close', () => {
    throw new Error('the service disconnected a listener');
  });
  return promise;
}

function report(times: readonly (number | undefined)[]): void {
  watched = null;
  send({ type: 'seen', times: times.map((time) => time ?? Number.NaN) });
}

function send(message: FromCrowd): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit());
process.on('message', ({ id }: Watch) => {
  watched = { id, times: Array.from({ length: count }), left: count };
});
for (let n = 0; n < count; n += CONNECTED_AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(CONNECTED_AT_ONCE, count - n) }, (_, i) => listen(n + i)));
}
await delay(0);
send({ type: 'ready' });
