import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type CachedSessionsClient, createCachedSessionsClient } from '@pip-sessions/client';
import { ChangeListeners } from '../../../domain/changes.ts';
import { elapsedTime } from '../../../domain/elapsed-time.ts';
import { toJsonText } from '../../../domain/json.ts';
import { MemoryStore } from '../../../stores/memory/store.ts';
import { parseApiKey } from '../../authentication/api-keys.ts';
import type { RequestError } from '../../error-map.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../fixtures/test-server.ts';
import { ChangeFeed } from './change-feed.ts';
import { ChangeLog } from './change-log.ts';

async function start(t: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  t.after(server.stop);
  return server;
}

/** The events of a stream, one at a time; heartbeats are left out. */
async function* listen(url: string, last_id?: string): AsyncGenerator<string, void> {
  const response = await fetch(`${url}/v2/changes`, { ...(last_id && { headers: { 'last-event-id': last_id } }) });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) if (!event.startsWith('event: heartbeat')) yield event;
  }
}

async function next(events: AsyncGenerator<string, void>): Promise<string> {
  return (await events.next()).value ?? 'the end';
}

test('every change is told as it happens, with its number, and without the user', async (t) => {
  const { url, sessions } = await start(t);
  const events = listen(url);
  assert.match(await next(events), /^retry: 1000\nevent: hello\ndata: \{"time":[\d.]+\}$/);
  assert.match(await next(events), /^id: [\w-]+:0\nevent: gap\ndata: \{\}$/);
  const { session } = await sessions.openWithToken({ user_id: 'secret-user' }, null);
  const { id } = session;
  const opened = await next(events);
  assert.match(opened, /^id: [\w-]+:1\nevent: change\ndata: /);
  assert.deepEqual(JSON.parse(opened.split('data: ')[1] ?? ''), { id, revision: 1, close_reason: null });
  await sessions.close(id);
  assert.match(await next(events), /:2\nevent: change\ndata: \{"id":"\w+","revision":2,"close_reason":"closed"\}$/);
  await sessions.remove(id);
  assert.match(await next(events), /:3\nevent: change\ndata: \{"id":"\w+","removed":true\}$/);
});

test('who comes back hears what was missed, and who comes too late or from elsewhere hears of a gap', async (t) => {
  const { url, sessions } = await start(t);
  const first = listen(url);
  await next(first);
  const id = /id: (\S+)/.exec(await next(first))?.[1] ?? '';
  for (let n = 0; n < 3; n += 1) await sessions.open({ user_id: 'u' });
  const resumed = listen(url, id.replace(/:0$/, ':1'));
  await next(resumed);
  assert.deepEqual([/:(\d)\n/.exec(await next(resumed))?.[1], /:(\d)\n/.exec(await next(resumed))?.[1]], ['2', '3']);
  for (const unknown of ['other:1', id.replace(/:0$/, ':9'), 'nonsense', '']) {
    const events = listen(url, unknown);
    await next(events);
    assert.match(await next(events), /^id: [\w-]+:3\nevent: gap/, unknown);
  }
});

test('a listener hears of the kinds that it has asked for, and can go on from a heartbeat', async (t) => {
  const { url, sessions } = await start(t);
  const headers = { 'sessions-change-kinds': 'ended,removed' };
  const response = await fetch(`${url}/v2/changes`, { headers });
  const texts: string[] = [];
  const reading = (async () => {
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      texts.push(text);
      if (/"removed":true.*event: heartbeat/s.test(texts.join(''))) return;
    }
  })();
  const { session } = await sessions.openWithToken({ user_id: 'u' }, null);
  await sessions.replace(session.id, 'data', toJsonText(1));
  await sessions.close(session.id);
  await sessions.remove(session.id);
  await reading;
  const events = texts.join('').split('\n\n');
  const told = events.filter((event) => event.includes('event: change'));
  assert.deepEqual(
    told.map((event) => [/:(\d+)\n/.exec(event)?.[1], /close_reason|removed/.exec(event)?.[0]]),
    [
      ['3', 'close_reason'],
      ['4', 'removed'],
    ],
  );
  assert.match(
    events.findLast((event) => event.includes('event: heartbeat')) ?? '',
    /^id: [\w-]+:4\nevent: heartbeat\ndata: /,
  );
});

test('a listener that asks for what is no kind is refused', async (t) => {
  const { url } = await start(t);
  for (const kinds of ['', 'opened;ended', 'closed', 'ended,']) {
    const refused = await fetch(`${url}/v2/changes`, { headers: { 'sessions-change-kinds': kinds } });
    assert.equal(refused.status, 400, kinds);
    assert.match(await refused.text(), /Sessions-Change-Kinds must be some of opened, changed, ended, removed/);
  }
});

test('a log that has become too long for its bound forgets its beginning, and says so', () => {
  const log = new ChangeLog(2);
  const change = { type: 'changed', user_id: 'u', revision: 1, close_reason: null } as const;
  const ids = ['a', 'b', 'c', 'd', 'e'].map((id) => /id: (\S+)/.exec(log.add({ ...change, id }))?.[1] ?? '');
  assert.equal(log.after(ids[0] ?? ''), null);
  assert.match(log.after(ids[1] ?? '') ?? '', /"id":"c".*"id":"d".*"id":"e"/s);
  assert.equal(log.after(ids[4] ?? ''), '');
});

test('the stream needs a key of scope validate, and takes GET alone', async (t) => {
  const { url } = await start(t, { keys: [{ name: 'a', scope: 'validate', hash: '0'.repeat(64) }] });
  assert.equal((await fetch(`${url}/v2/changes`)).status, 401);
  const open = await start(t);
  const posted = await fetch(`${open.url}/v2/changes`, { method: 'POST' });
  assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD']);
});

test('one listener more than may follow is refused, and told when to come again', async (t) => {
  const source = { watch: () => () => {}, toldUntil: () => 0 };
  const feed = new ChangeFeed({ source, onSlow: () => {}, bounds: { listeners_max: 1 } });
  const refused = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    try {
      feed.serve(request, response, null);
    } catch (error) {
      refused.resolve(error);
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  t.after(() => feed.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await next(listen(url));
  await fetch(`${url}/v2/changes`);
  const { code, headers } = (await refused.promise) as RequestError;
  assert.deepEqual([code, headers], ['TOO_MANY_REQUESTS', { 'retry-after': '5' }]);
});

test('a service that stops ends its streams at once', async () => {
  const { url, stop } = await startTestServer();
  const events = listen(url);
  await next(events);
  await next(events);
  const end = next(events);
  await stop();
  assert.equal(await end, 'the end');
});

test('a listener that reads too slowly is cut off, and no other waits for it', async (t) => {
  const { url, sessions, log } = await start(t);
  const { port } = new URL(url);
  const slow = connect(Number(port), '127.0.0.1');
  await once(slow, 'connect');
  slow.pause();
  slow.write('GET /v2/changes HTTP/1.1\r\nhost: localhost\r\n\r\n');
  const closed = once(slow, 'close');
  slow.on('error', () => {});
  const events = listen(url);
  await next(events);
  await next(events);
  const { session } = await sessions.open({ user_id: 'u' });
  await next(events);
  // The systems on both sides take some megabytes off the service's hands first.
  for (let round = 0; !log.some(({ event }) => event === 'slow_listener') && round < 500; round += 1) {
    for (let n = 0; n < 500; n += 1) await sessions.replace(session.id, 'data', null);
    for (let n = 0; n < 500; n += 1) assert.match(await next(events), /event: change/);
  }
  slow.resume();
  await closed;
});

/** A store whose feed of other nodes' changes can be in doubt. */
class DoubtfulStore extends MemoryStore {
  readonly others = new ChangeListeners();
  told_until: number | null = null;

  override watch(listener: Parameters<MemoryStore['watch']>[0]): () => void {
    const stops = [super.watch(listener), this.others.add(listener)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  override toldUntil(): number {
    return this.told_until ?? elapsedTime();
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
  // A session in use is touched, and its activity is counted ahead from then on.
  server.clock.advance(1);
  await client.read(token);
  return { client, token, id: session.id };
}

test('a session in use is answered from the memory of its caller, and its end by others is seen', async (t) => {
  const server = await start(t);
  const { client, token, id } = await cached(t, server);
  const { loads } = client.cacheStats();
  for (let n = 0; n < 10; n += 1) assert.equal((await client.read(token))?.id, id);
  assert.equal(client.cacheStats().loads, loads);
  await server.sessions.close(id);
  while (client.cacheStats().entries > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await client.read(token), null);
});

test('what this process ends, stores or rotates, its next read sees', async (t) => {
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
});

test('nobody can change what others read', async (t) => {
  const server = await start(t);
  const { client, token, id } = await cached(t, server);
  await client.replaceData(id, { cart: ['a'] });
  const session = await client.read(token);
  const { cart } = (session?.data ?? {}) as { cart?: string[] };
  assert.throws(() => cart?.push('b'), TypeError);
});

test('a session is not kept past its deadline, nor longer than its activity is counted ahead', async (t) => {
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

test('while a node is cut off from its store, callers answer nothing from memory for longer than three seconds', async (t) => {
  const store = new DoubtfulStore({ sessions_max: 10 });
  const server = await start(t, { store });
  const { client, token } = await cached(t, server);
  // As if the store had been silent for so long.
  store.told_until = elapsedTime() - 3_000;
  client.stop();
  const other = createCachedSessionsClient({ url: server.url });
  t.after(other.stop);
  await other.read(token);
  await other.read(token);
  assert.deepEqual([other.cacheStats().fresh, other.cacheStats().hits], [false, 0]);
  // The store is there again, and what it could not tell is a gap.
  store.others.tell({ type: 'gap' });
  store.told_until = null;
  await fresh(other);
});

test('a key of an API that may not validate stops no reads: they ask the service, and say why', async (t) => {
  const server = await start(t, { keys: [parseApiKey(`a:validate:${'0'.repeat(64)}`)] });
  const heard = Promise.withResolvers<Error>();
  const client = createCachedSessionsClient({ url: server.url, key: 'wrong', onStreamError: heard.resolve });
  t.after(client.stop);
  assert.match((await heard.promise).message, /401/);
  await assert.rejects(client.read(`ps_${'0'.repeat(36)}_${'a'.repeat(43)}`), { code: 'UNAUTHORIZED' });
});
