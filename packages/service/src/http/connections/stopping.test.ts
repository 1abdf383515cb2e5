import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connectRaw, get } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer, type TestServerOptions } from '../../../../../testing/http/test-server.ts';
import { MemoryStore } from '../../stores/memory/store.ts';

const LONG_MS = 60_000;
const LAST = /^HTTP\/1.1 200 .*\r\nconnection: close\r\n/is;

async function serve(t: TestContext, options: TestServerOptions = {}) {
  const server = await startTestServer({ bounds: { stop_grace_ms: LONG_MS, check_interval_ms: 5 }, ...options });
  const connection = await connectRaw(server.url);
  t.after(() => connection.socket.destroy());
  return { ...server, connection, send: (bytes: string) => connection.socket.write(bytes) };
}

test('the next response of an active connection says that it is the last; no reset', async (t) => {
  const { connection, send, stop } = await serve(t);
  send(get('/livez'));
  await connection.until(/"ok"/);
  assert.doesNotMatch(connection.take(), /connection: close/i);
  const stopped = stop();
  send(get('/status'));
  assert.match(await connection.closed, LAST);
  await stopped;
});

/** A store whose reads wait for the test. */
class HeldStore extends MemoryStore {
  readonly asked = Promise.withResolvers<void>();
  readonly held = Promise.withResolvers<void>();

  override async find(id: string) {
    this.asked.resolve();
    await this.held.promise;
    return super.find(id);
  }
}

test('a request in flight when the service stops is the last of its connection', async (t) => {
  const store = new HeldStore({ sessions_max: 10 });
  const { connection, send, stop } = await serve(t, { store });
  send(get('/v2/sessions/x'));
  await store.asked.promise;
  const stopped = stop();
  store.held.resolve();
  assert.match(await connection.closed, /^HTTP\/1.1 404 .*\r\nconnection: close\r\n/is);
  await stopped;
});

test('waiting requests are served when the service stops; the last response says so', async (t) => {
  const store = new HeldStore({ sessions_max: 10 });
  const { connection, send, stop } = await serve(t, { store });
  send(`${get('/v2/sessions/x')}${get('/heartbeat')}${get('/status')}`);
  await store.asked.promise;
  const stopped = stop();
  store.held.resolve();
  const [first, second, third] = (await connection.closed).split(/(?=HTTP\/1.1 )/);
  assert.doesNotMatch(`${first}${second}`, /connection: close/i);
  assert.match(third ?? '', LAST);
  await stopped;
});

test('a connection that sends nothing delays the end only by the grace period', async (t) => {
  const { connection, send, stop } = await serve(t, { bounds: { stop_grace_ms: 5, check_interval_ms: 5 } });
  send(get('/livez'));
  await connection.until(/"ok"/);
  await stop();
  await connection.closed;
});
