/** A WebSocket that only a signed-in user can open, and that closes when the session has ended. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSessionsClient } from '@pip-sessions/client';
import { upgradeSessions } from '@pip-sessions/client/express';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createSessionsClient({ url, key: process.env.SESSIONS_KEY });
const check_ms = Number(process.env.CHECK_MS ?? 30_000);
const server = createServer((_, response) => response.writeHead(426).end());

// #region upgrade
const enterUpgrade = upgradeSessions({ client, development: true });

server.on('upgrade', async (request, socket) => {
  const { rejection, userSession } = await enterUpgrade(request);
  if (rejection) return void socket.end(rejection, () => socket.destroy()); // 401, 403 or 503
  const { id, user_id } = userSession.required;
  accept(request, socket, `hello ${user_id}`); // a WebSocket library does this: handleUpgrade of ws
  const timer = setInterval(async () => {
    const isLive = client.get(id).then((session) => session?.active === true);
    if (!(await isLive.catch(() => true))) socket.end(); // a fault of the service ends no session
  }, check_ms);
  socket.on('close', () => clearInterval(timer));
  return undefined;
});
// #endregion

/** Opens the WebSocket and sends one text (RFC 6455, 4.2.2 and 5.2). */
function accept(request: IncomingMessage, socket: Duplex, text: string): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const digest = createHash('sha1').update(key).digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
  socket.write(`Sec-WebSocket-Accept: ${digest}\r\n\r\n`);
  socket.write(Buffer.concat([Buffer.from([0x81, Buffer.byteLength(text)]), Buffer.from(text)]));
}

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
