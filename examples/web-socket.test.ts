import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { startWithService } from '../testing/examples/example.ts';

test('a WebSocket needs a session, and closes when the session has ended', async (t) => {
  const { service, urls } = await startWithService(t, 'web-socket', { CHECK_MS: '20' });
  const client = createSessionsClient({ url: service.url });
  const { session, token } = await client.open({ user_id: 'ann' });

  const upgrade = (headers: Readonly<Record<string, string>>) =>
    request(urls[0] ?? '', {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    }).end();
  const statusOf = async (headers: Readonly<Record<string, string>>) => {
    const [response] = await once(upgrade(headers), 'response');
    return response.resume().statusCode;
  };
  assert.equal(await statusOf({}), 401);
  assert.equal(await statusOf({ cookie: `session=${token}`, origin: 'https://evil.example' }), 403);

  const [response, socket, head] = await once(upgrade({ cookie: `session=${token}` }), 'upgrade');
  assert.equal(response.headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  const [text] = head.length > 0 ? [head] : await once(socket, 'data');
  assert.equal(text.subarray(2).toString(), 'hello ann');
  await client.close(session.id);
  await once(socket, 'end');
  socket.destroy();
});
