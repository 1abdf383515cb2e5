import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type TestContext, test } from 'node:test';
import { connectRaw, get, post } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer, type TestServerOptions } from '../../../../../testing/http/test-server.ts';
import { MemoryStore } from '../../stores/memory/store.ts';

const BUNDLE = '/docs/swagger-ui-bundle.js';

async function serve(t: TestContext, options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  t.after(server.stop);
  return server;
}

/** Counts the requests of Node's parser until the test ends. */
function countRequests(t: TestContext): () => number {
  let count = 0;
  const counter = () => {
    count += 1;
  };
  subscribe('http.server.request.start', counter);
  t.after(() => unsubscribe('http.server.request.start', counter));
  return () => count;
}

test('[B-08] a connection above the pipelining limit is closed unparsed', async (t) => {
  const { url, log } = await serve(t);
  const parsed = countRequests(t);
  const attacker = await connectRaw(url);
  attacker.socket.write(get(BUNDLE).repeat(8) + get('/', 'host:\r\n').repeat(2_500));
  assert.equal(await attacker.closed, '');
  // One request that is served, sixteen that wait, and one too many.
  assert.equal(parsed(), 18);
  const { event, reason, address } = log.at(-1) ?? {};
  assert.deepEqual([event, reason, address], ['connection_cut', 'pipelining', '127.0.0.1']);
});

test('pipelined requests within the limit get responses in order', async (t) => {
  const { url } = await serve(t);
  const client = await connectRaw(url);
  const paths = Array.from({ length: 17 }, (_, n) => `/none-${n}`);
  client.socket.write(paths.map((path) => get(path)).join(''));
  await client.until(/none-16 does not exist/);
  assert.deepEqual(
    client.received.match(/none-\d+/g),
    paths.map((path) => path.slice(1)),
  );
  client.socket.destroy();
});

/** A store whose first read waits for the test. */
class HeldStore extends MemoryStore {
  readonly ids: string[] = [];
  readonly asked = Promise.withResolvers<void>();
  readonly held = Promise.withResolvers<void>();

  override async find(id: string) {
    this.ids.push(id);
    this.asked.resolve();
    await this.held.promise;
    return super.find(id);
  }
}

test('a request is not served before the previous response is sent', async (t) => {
  const store = new HeldStore({ sessions_max: 1 });
  const { url } = await serve(t, { store });
  const parsed = countRequests(t);
  const client = await connectRaw(url);
  client.socket.write(get('/v2/sessions/first') + get('/v2/sessions/second'));
  await store.asked.promise;
  while (parsed() < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(store.ids, ['first']);
  store.held.resolve();
  await client.until(/404.*404/s);
  assert.deepEqual(store.ids, ['first', 'second']);
  client.socket.destroy();
});

test('a request with a large body may not wait behind another response', async (t) => {
  const { url } = await serve(t);
  for (const length of [16_385, 'chunked'] as const) {
    const client = await connectRaw(url);
    client.socket.write(get(BUNDLE) + post('/v2/sessions', length));
    assert.equal(await client.closed, '');
  }
});

test('[B-08] waiting requests have a memory limit for each client address', async (t) => {
  const { url, log } = await serve(t, { bounds: { held_bytes_max: 400_000 } });
  const waiting = get(BUNDLE) + get('/', `host: localhost\r\nx: ${'x'.repeat(10_000)}\r\n`).repeat(2);
  const first = await connectRaw(url);
  first.socket.pause();
  first.socket.write(waiting);
  const other = await connectRaw(url, { from: '127.0.0.2' });
  other.socket.write(waiting);
  const attackers = await Promise.all(Array.from({ length: 20 }, () => connectRaw(url)));
  for (const { socket } of attackers) socket.pause().write(waiting);
  // Each request takes 48 kB, so that two of an address fit into its quarter.
  while (!log.some(({ reason }) => reason === 'pipelining')) await new Promise((resolve) => setImmediate(resolve));
  await other.until(/does not exist.*does not exist/s);
  for (const { socket } of [...attackers, other, first]) socket.destroy();
});
