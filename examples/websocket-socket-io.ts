/** Socket.IO and server-sent events that only signed-in users can open, and that close when the session ends. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCachedSessionsClient } from '@pip-sessions/client';
import { requireSession, upgradeSessions, userSessions } from '@pip-sessions/client/express';
import { endResponseWith, endSocketWith } from '@pip-sessions/client/live-connections';
import express from 'express';
import { Server } from 'socket.io';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createCachedSessionsClient({ url, key: process.env.SESSIONS_KEY });
const app = express();
const server = createServer(app);

// #region socket-io
const enterUpgrade = upgradeSessions({ client, development: true });
const io = new Server(server);

io.use(async (socket, next) => {
  const { rejection, userSession } = await enterUpgrade(socket.request);
  if (rejection) return next(new Error('sign in first'));
  socket.data.userSession = userSession;
  return next();
});
io.on('connection', (socket) => {
  endSocketWith(socket.data.userSession, socket);
  socket.emit('hello', socket.data.userSession.required.user_id);
});
// #endregion

// #region events
app.use(userSessions({ client, development: true }));

app.get('/news', requireSession(), (req, res) => {
  const timer = setInterval(() => res.write(`data: ${new Date().toISOString()}\n\n`), 1_000);
  endResponseWith(req.userSession, res, () => clearInterval(timer));
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  res.write(`data: hello ${req.userSession.required.user_id}\n\n`);
});
// #endregion

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
