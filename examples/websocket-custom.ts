/** A connection of your own kind, here a TCP socket of a protocol with lines, that closes when its session ends. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { createCachedSessionsClient } from '@pip-sessions/client';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createCachedSessionsClient({ url, key: process.env.SESSIONS_KEY });

const server = createServer(async (socket) => {
  socket.on('error', () => socket.destroy());
  const lines = createInterface({ input: socket });
  const [token] = await once(lines, 'line');
  // #region end-with
  const session = await client.read(token).catch(() => null);
  if (session === null) return socket.end('sign in first\n');
  const stop = client.endWith(session, (reason) => {
    socket.end(`your session has ended: ${reason}\n`, () => socket.destroy());
  });
  socket.on('close', stop);
  // #endregion
  return socket.write(`hello ${session.user_id}\n`);
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
