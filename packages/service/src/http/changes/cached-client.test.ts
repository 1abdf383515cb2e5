import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type CachedSessionsClient, createCachedSessionsClient } from '@pip-sessions/client';
import { startTestServer, type TestServer, type TestServerOptions } from '../../../../../testing/http/test-server.ts';
import { ChangeListeners } from '../../domain/changes.ts';
import { elapsedTime } from '../../domain/time/elapsed-time.ts';
import { MemoryStore } from '../../stores/memory/store.ts';
import { parseApiKey } from '../authentication/api-keys.ts';

/** Tests of clients that follow the changes and cache sessions. */

async function start(t: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  t.after(server.stop);
  return server;
}

/** A store whose feed of other nodes' changes may be interrupted by a test. */
class DoubtfulStore extends MemoryStore {
  readonly others = new ChangeListeners();
  held_at: number | null = null;

  override watch(listener: Parameters<MemoryStore['watch']>[0]): () => void {
    const stops = [super.watch(listener), this.others.add(listener)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  override watermark(): number {
    return this.held_at ?? elapsedTime();
  }
}

async function fresh(client: CachedSessionsClient, wanted = true): Promise<void> {
  while (client.cacheStats().fresh !== wanted) await new Promise((resolve) => setImmediate(resolve));
}

async function cached(t: TestContext, server: TestServer, user_id = 'u') {
  const client = createCachedSessionsClient({ url: server.url });
  t.after(client.stop);
  const { token, session } = await client.open({ user_id });
  await fresh(client);
  // The first validation touches the session and starts its activity window.
  server.clock.advance(1);
  await client.read(token);
  return { client, token, id: session.id };
}

test('a cached session is used without requests, and is evicted when others end it', async (t) => {
  const server = await start(t);
  const { client, token, id } = await cached(t, server);
  const { loads } = client.cacheStats();
  for (let n = 0; n < 10; n += 1) assert.equal((await client.read(token))?.id, id);
  assert.equal(client.cacheStats().loads, loads);
  await server.sessions.close(id);
  while (client.cacheStats().entries > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await client.read(token), null);
});

test('a read sees what the same process has ended, stored, rotated or erased before', async (t) => {
  const server = await start(t);
  const { client, token, id } = await cached(t, server);
  await client.replaceData(id, { n: 1 });
  assert.deepEqual((await client.read(token))?.data, { n: 1 });
  await client.patchData(id, { n: 2 });
  assert.deepEqual((await client.read(token))?.data, { n: 2 });
  await client.close(id);
  assert.equal(await client.read(token), null);
  const other = await cached(t, server);
  await other.client.closeMany({ filter: { user_id: 'u' } });
  assert.equal(await other.client.read(other.token), null);
  const third = await cached(t, server);
  assert.equal((await third.client.eraseUser('u')).closed, 1);
  assert.equal(await third.client.read(third.token), null);
});

test('a passive read is served from the memory of its caller, and caches nothing', async (t) => {
  const server = await start(t);
  const { client, token, id } = await cached(t, server);
  const passive = () => client.read(token, { touch: false });
  const { loads } = client.cacheStats();
  assert.equal((await passive())?.id, id);
  assert.equal(client.cacheStats().loads, loads);
  const [before] = (await server.sessions.scan({}, null, 1)).sessions;
  server.clock.advance(600_000);
  await client.replaceData(id, 1).catch(() => {});
  const [changed] = (await server.sessions.scan({}, null, 1)).sessions;
  assert.ok(before && changed && changed.request_time > before.request_time, 'a change is activity');
  server.clock.advance(600_000);
  assert.equal((await passive())?.id, id);
  assert.equal(client.peek(token), undefined, 'an active read must call the service');
  const [after] = (await server.sessions.scan({}, null, 1)).sessions;
  assert.equal(after?.request_time, changed.request_time);
});

test('a change whose outcome is unknown evicts the sessions that it may have changed', async (t) => {
  const server = await start(t);
  let is_away = false;
  const client = createCachedSessionsClient({
    url: server.url,
    retries: 0,
    fetch: (url, init) => (is_away ? Promise.reject(new TypeError('the connection was reset')) : fetch(url, init)),
  });
  t.after(client.stop);
  const { token, session } = await client.open({ user_id: 'u' });
  await fresh(client);
  server.clock.advance(1);
  const calls = {
    rotate: () => client.rotate({ token }),
    close: () => client.close(session.id),
    closeMany: () => client.closeMany({ filter: { user_id: 'u' } }),
    closeOwn: () => client.closeOwn({ token, others: true }),
  };
  for (const [name, call] of Object.entries(calls)) {
    is_away = false;
    await client.read(token);
    assert.equal(client.peek(token)?.id, session.id, name);
    is_away = true;
    await assert.rejects(call(), { code: 'UNREACHABLE' });
    assert.equal(client.peek(token), undefined, name);
  }
  is_away = false;
  await client.read(token);
  await assert.rejects(client.closeMany({ filter: {}, limit: -1 } as never), { code: 'INVALID_DATA' });
  assert.equal(client.peek(token)?.id, session.id, 'the service has rejected the request');
});

test('changing a returned session does not change the cache', async (t) => {
  const server = await start(t);
  const { client, token, id } = await cached(t, server);
  await client.replaceData(id, { cart: ['a'] });
  const session = await client.read(token);
  const { cart } = (session?.data ?? {}) as { cart?: string[] };
  assert.throws(() => cart?.push('b'), TypeError);
});

test('a session is cached neither past its deadline nor past its activity window', async (t) => {
  const server = await start(t);
  const { token } = await server.sessions.openWithToken({ user_id: 'u', idle_timeout_ms: 20_000 }, null);
  const validate = async (at: string) => {
    const body = JSON.stringify({ token: at });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${server.url}/v2/sessions/validate`, { method: 'POST', body, headers });
    return (await response.json()) as { readonly max_age: number; readonly age: number };
  };
  server.clock.advance(1);
  const first = await validate(token);
  assert.deepEqual([first.max_age, first.age], [2, 0]);
  await server.sessions.settled();
  server.clock.advance(500);
  assert.equal((await validate(token)).max_age, 1.5);
  const expire_time = server.clock.now() + 1_000;
  const short = await server.sessions.openWithToken({ user_id: 'u', expire_time }, null);
  server.clock.advance(1);
  assert.equal((await validate(short.token)).max_age, 0.999);
});

/** A `fetch`, and a promise for its first heartbeat. */
function hearing() {
  const { promise: heard, resolve } = Promise.withResolvers<void>();
  const transform = (chunk: Uint8Array, controller: TransformStreamDefaultController<Uint8Array>) => {
    controller.enqueue(chunk);
    if (Buffer.from(chunk).includes('event: heartbeat')) setImmediate(resolve);
  };
  const fetchHearing: typeof fetch = async (address, init) => {
    const response = await fetch(address, init);
    return new Response(response.body?.pipeThrough(new TransformStream({ transform })) ?? null, response);
  };
  return { heard, fetch: fetchHearing };
}

test('[M-04] clients of a node without a store serve nothing after 3 seconds', async (t) => {
  const store = new DoubtfulStore({ sessions_max: 10 });
  const server = await start(t, { store });
  const { client, token } = await cached(t, server);
  // Simulates a store that has been silent for that time.
  store.held_at = elapsedTime() - 3_000;
  client.stop();
  const { heard, fetch } = hearing();
  const other = createCachedSessionsClient({ url: server.url, fetch });
  t.after(other.stop);
  await heard;
  await other.read(token);
  await other.read(token);
  assert.deepEqual([other.cacheStats().fresh, other.cacheStats().hits], [false, 0]);
  // The store is available again. The changes that it could not publish are a gap.
  store.others.tell({ type: 'gap' });
  store.held_at = null;
  await fresh(other);
});

test('without a valid key for the stream, reads send requests; the reason is reported', async (t) => {
  const server = await start(t, { keys: [parseApiKey(`a:validate:${'0'.repeat(64)}`)] });
  const heard = Promise.withResolvers<Error>();
  const client = createCachedSessionsClient({ url: server.url, key: 'wrong', onStreamError: heard.resolve });
  t.after(client.stop);
  assert.match((await heard.promise).message, /401/);
  await assert.rejects(client.read(`ps_${'0'.repeat(36)}_${'a'.repeat(43)}`), { code: 'UNAUTHORIZED' });
});
