/**
 * A process with WebSockets that close with their sessions: `<url of a node>`. It sends its port once it follows changes.
 * For each message it sends when it has closed its WebSockets since the last one.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createCachedSessionsClient } from '@pip-sessions/client';
import { upgradeSessions } from '@pip-sessions/client/express';
import { endWebSocketWith } from '@pip-sessions/client/live-connections';
import { WebSocketServer } from 'ws';
import { sharedTime } from '../near/figures.ts';

export interface FromApplication {
  readonly port: number;
  /** On the shared clock. */
  readonly times: readonly number[];
}

const [url = ''] = process.argv.slice(2);
const client = createCachedSessionsClient({ url });
const enterUpgrade = upgradeSessions({ client, development: true });
const webSockets = new WebSocketServer({ noServer: true });
const server = createServer();
let port = 0;
let times: number[] = [];

server.on('upgrade', async (request, socket, head) => {
  const { rejection, userSession } = await enterUpgrade(request);
  if (rejection) return void socket.end(rejection, () => socket.destroy());
  return webSockets.handleUpgrade(request, socket, head, (webSocket) => {
    endWebSocketWith(userSession, webSocket);
    userSession.endWith(() => times.push(sharedTime()));
  });
});

server.listen(0, '127.0.0.1', async () => {
  while (!client.cacheStats().fresh) await delay(2);
  ({ port } = server.address() as AddressInfo);
  send();
});
process.on('message', send);
process.once('disconnect', () => process.exit());

function send(): void {
  process.send?.({ port, times } satisfies FromApplication);
  times = [];
}
