import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { startWithService } from '../testing/examples/example.ts';

test('example: a WebSocket of ws needs a session, and closes when the session ends', async (t) => {
  const { service, urls } = await startWithService(t, 'websocket-ws');
  const client = createSessionsClient({ url: service.url });
  const { session, token } = await client.open({ user_id: 'ann' });
  const open = (headers: Record<string, string>) => new WebSocket(urls[0] ?? '', { headers });
  const statusOf = async (headers: Record<string, string>) => {
    const socket = open(headers);
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    socket.terminate();
    return response.statusCode;
  };
  assert.equal(await statusOf({}), 401);
  const cookie = `session=${token}`;
  assert.equal(await statusOf({ cookie, origin: 'https://evil.example' }), 403);
  const socket = open({ cookie });
  assert.equal(String((await once(socket, 'message'))[0]), 'hello ann');
  socket.send('hi');
  await client.close(session.id);
  const [code, reason] = await once(socket, 'close');
  assert.deepEqual([code, String(reason)], [4401, 'closed']);
});

test('example: sockets of Socket.IO and server-sent events end with the session', async (t) => {
  const { service, urls } = await startWithService(t, 'websocket-socket-io');
  const client = createSessionsClient({ url: service.url });
  const { session, token } = await client.open({ user_id: 'ann' });
  const url = urls[0] ?? '';
  const headers = { cookie: `session=${token}` };
  const refused = io(url, { reconnection: false, forceNew: true });
  assert.equal((await eventOf(refused, 'connect_error')).message, 'sign in first');
  refused.disconnect();
  const socket = io(url, { extraHeaders: headers, reconnection: false, forceNew: true });
  assert.equal(await eventOf(socket, 'hello'), 'ann');
  const ended = eventOf(socket, 'session_ended');
  const news = await fetch(`${url}/news`, { headers });
  await client.close(session.id);
  assert.equal(await ended, 'closed');
  assert.match(await news.text(), /^data: hello ann\n\n(?:data: .*\n\n)*event: session_ended\ndata: closed\n\n$/);
});

test('example: a connection of another kind ends with the session', async (t) => {
  const { service, urls } = await startWithService(t, 'websocket-custom');
  const client = createSessionsClient({ url: service.url });
  const { session, token } = await client.open({ user_id: 'ann' });
  const talk = (line: string) => {
    const socket = connect(Number(new URL(urls[0] ?? '').port), '127.0.0.1');
    socket.write(`${line}\n`);
    return createInterface({ input: socket })[Symbol.asyncIterator]();
  };
  assert.equal((await talk('no token').next()).value, 'sign in first');
  const lines = talk(token);
  assert.equal((await lines.next()).value, 'hello ann');
  await client.close(session.id, { reason: 'revoked' });
  assert.equal((await lines.next()).value, 'your session has ended: revoked');
});

function eventOf(socket: ReturnType<typeof io>, event: string) {
  return new Promise<Error & string>((resolve) => socket.once(event, resolve));
}
