/** WebSockets of the package ws that only signed-in users can open, and that close when the session ends. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCachedSessionsClient } from '@pip-sessions/client';
import { upgradeSessions } from '@pip-sessions/client/express';
import { endWebSocketWith } from '@pip-sessions/client/live-connections';
import { WebSocketServer } from 'ws';

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';
const client = createCachedSessionsClient({ url, key: process.env.SESSIONS_KEY });
const server = createServer((_, response) => response.writeHead(426).end());

// #region ws
const enterUpgrade = upgradeSessions({ client, development: true });
const webSockets = new WebSocketServer({ noServer: true });

server.on('upgrade', async (request, socket, head) => {
  const { rejection, userSession } = await enterUpgrade(request);
  if (rejection) return void socket.end(rejection, () => socket.destroy()); // 401, 403 or 503
  return webSockets.handleUpgrade(request, socket, head, (webSocket) => {
    endWebSocketWith(userSession, webSocket);
    const { id, user_id } = userSession.required;
    webSocket.send(`hello ${user_id}`);
    webSocket.on('message', onMessage(id));
  });
});
// #endregion

// #region activity
const TOUCH_EACH_MS = 60_000;

/** Messages of the user are activity: they are recorded at most once a minute. */
function onMessage(id: string): () => void {
  let touched_at = 0;
  return () => {
    if (Date.now() - touched_at < TOUCH_EACH_MS) return;
    touched_at = Date.now();
    client.touch(id).catch((error) => console.error('the activity was not recorded:', error.message));
  };
}
// #endregion

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
