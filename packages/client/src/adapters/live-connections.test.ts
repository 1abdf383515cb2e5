import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { until } from '../../../../testing/until.ts';
import { asJsonText } from '../../../service/src/domain/json.ts';
import { clientOf } from '../fixtures/scripted-fetch.ts';
import { endWithSession } from '../middleware/end-with-session.ts';
import { connectLive, type Ended, KINDS, type LiveKind, startLiveApplication } from './fixtures/live-application.ts';

/** More changes than the service keeps for a stream that continues. */
const EVENTS_KEPT_MAX = 8_200;

/** How a connection ends for its user. */
const ENDED: Readonly<Record<LiveKind, (reason: string) => Ended>> = {
  ws: (reason) => [reason === 'unconfirmed' ? 1013 : 4401, reason],
  'socket.io': (reason) => ['io server disconnect', reason],
  'server-sent events': (reason) => ['session_ended', reason],
};

async function open(t: TestContext, kind: LiveKind) {
  const app = await startLiveApplication(t);
  const { session, token } = await app.client.open({ user_id: 'u', idle_timeout: 3_600 });
  const connection = await connectLive(t, kind, app.url, token);
  await until(async () => app.client.cacheStats().fresh);
  return { ...app, session, token, connection };
}

for (const kind of KINDS) {
  test(`${kind}: a connection is closed when its session ends, with the reason`, async (t) => {
    const { client, session, connection } = await open(t, kind);
    await client.close(session.id, { reason: 'revoked' });
    assert.deepEqual(await connection.ended, ENDED[kind]('revoked'));
    await until(async () => client.cacheStats().live_connections === 0);
  });

  test(`${kind}: a connection that its user closes is forgotten`, async (t) => {
    const { client, connection } = await open(t, kind);
    assert.equal(client.cacheStats().live_connections, 1);
    connection.close();
    await until(async () => client.cacheStats().live_connections === 0);
  });

  test(`${kind}: a request without a session opens no connection`, async (t) => {
    const { url } = await startLiveApplication(t);
    await assert.rejects(connectLive(t, kind, url, 'none'));
  });
}

test('with the change stream cut, an end closes every kind of connection within 3 s', async (t) => {
  const late_ms = KINDS.map(async (kind) => {
    const { client, session, connection, streams } = await open(t, kind);
    streams.mode = 'drop';
    await client.close(session.id);
    const ended_at = performance.now();
    assert.deepEqual(await connection.ended, ENDED[kind]('closed'));
    return performance.now() - ended_at;
  });
  for (const ms of await Promise.all(late_ms)) assert.ok(ms <= 3_000, `${ms} ms`);
});

test('with the service away, every kind of connection is closed within 3 s', async (t) => {
  const late_ms = KINDS.map(async (kind) => {
    const { connection, streams, requests } = await open(t, kind);
    const cut_at = performance.now();
    await Promise.all([streams.setMode('refuse'), requests.setMode('drop')]);
    assert.deepEqual(await connection.ended, ENDED[kind]('unconfirmed'));
    return performance.now() - cut_at;
  });
  for (const ms of await Promise.all(late_ms)) assert.ok(ms <= 3_000, `${ms} ms`);
});

test('a rotation closes no connection, also after a gap and after its grace', async (t) => {
  const { service, client, session, token, connection, streams, counts } = await open(t, 'ws');
  const rotated = await client.rotate({ token });
  service.clock.advance(60_000);
  let isOpen = true;
  void connection.ended.then(() => {
    isOpen = false;
  });
  // The stream cannot be resumed: the service publishes a gap.
  streams.mode = 'reset';
  for (let n = 0; n < EVENTS_KEPT_MAX; n += 1) await service.sessions.replace(session.id, 'data', asJsonText('1'));
  const before = counts.checks;
  streams.mode = 'pass';
  await until(async () => client.cacheStats().fresh && counts.checks > before);
  assert.equal((await client.read(rotated.token))?.id, session.id);
  assert.ok(isOpen);
});

test('a removed session and a passed deadline close a connection', async (t) => {
  const { service, client, session, connection, url } = await open(t, 'ws');
  await client.remove(session.id);
  assert.deepEqual(await connection.ended, [4401, 'unknown']);
  const short = await client.open({ user_id: 'u', idle_timeout: 1 });
  const second = await connectLive(t, 'ws', url, short.token);
  service.clock.advance(1_000);
  assert.deepEqual(await second.ended, [4401, 'idle']);
});

test('no message reaches the application after the end, even if the peer never closes', async (t) => {
  const { client, session, token, messages, url } = await open(t, 'ws');
  const socket = new WebSocket(`${url}/ws`, { headers: { cookie: `session=${token}` } });
  await once(socket, 'message');
  socket.send('before');
  await until(async () => messages.includes('before'));
  const closed = once(socket, 'close');
  // This peer does not read, and so does not respond to the close frame.
  socket.pause();
  await client.close(session.id);
  await until(async () => client.cacheStats().live_connections === 0);
  socket.send('after');
  socket.resume();
  await closed;
  assert.deepEqual(messages, ['before']);
});

test('endWith without a change stream is a TypeError that names the right client', async () => {
  const { client } = clientOf([() => new Response()]);
  assert.equal(client.endWith, undefined);
  const settings = { client, reader: client } as never;
  assert.throws(
    () => endWithSession(settings, { id: 'x' } as never, () => {}),
    /^TypeError: .*createCachedSessionsClient/,
  );
});
