import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connectRaw, get } from '../../../../../testing/http/raw-connection.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../../../../testing/http/test-server.ts';
import type { RequestError } from '../../api/error-codes.ts';
import { type ChangeListener, ChangeListeners } from '../../domain/changes.ts';
import { toJsonText } from '../../domain/json.ts';
import { ChangeFeed, type ChangeSource } from './change-feed.ts';
import { ChangeLog } from './change-log.ts';

async function start(t: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  t.after(server.stop);
  return server;
}

/** Yields the events of a stream one by one, without heartbeats. */
async function* listen(url: string, last_id?: string): AsyncGenerator<string, void> {
  for await (const event of listenToAll(url, last_id)) if (!event.startsWith('event: heartbeat')) yield event;
}

async function* listenToAll(url: string, last_id?: string): AsyncGenerator<string, void> {
  const response = await fetch(`${url}/v2/changes`, { ...(last_id && { headers: { 'last-event-id': last_id } }) });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    yield* events;
  }
}

async function next(events: AsyncGenerator<string, void>): Promise<string> {
  return (await events.next()).value ?? 'the end';
}

test('[M-05] every change is published at once, with its number and without the user', async (t) => {
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

test('after a reconnect a listener gets missed events, or a gap if they are unknown', async (t) => {
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

test('a listener gets the selected kinds only, and can continue from a heartbeat', async (t) => {
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

test('a listener that selects an unknown kind is rejected', async (t) => {
  const { url } = await start(t);
  for (const kinds of ['', 'opened;ended', 'closed', 'ended,']) {
    const refused = await fetch(`${url}/v2/changes`, { headers: { 'sessions-change-kinds': kinds } });
    assert.equal(refused.status, 400, kinds);
    assert.match(await refused.text(), /Sessions-Change-Kinds must list some of opened, changed, ended, removed/);
  }
});

test('a log that exceeds its bound drops its oldest events, and says so', () => {
  const log = new ChangeLog(2);
  const change = { type: 'changed', user_id: 'u', revision: 1, close_reason: null } as const;
  const ids = ['a', 'b', 'c', 'd', 'e'].map((id) => /id: (\S+)/.exec(log.add({ ...change, id }))?.[1] ?? '');
  assert.equal(log.after(ids[0] ?? ''), null);
  assert.match(log.after(ids[1] ?? '') ?? '', /"id":"c".*"id":"d".*"id":"e"/s);
  assert.equal(log.after(ids[4] ?? ''), '');
});

test('the stream requires a key of scope validate, and supports GET only', async (t) => {
  const { url } = await start(t, { keys: [{ name: 'a', scope: 'validate', hash: '0'.repeat(64), expires: null }] });
  assert.equal((await fetch(`${url}/v2/changes`)).status, 401);
  const open = await start(t);
  const posted = await fetch(`${open.url}/v2/changes`, { method: 'POST' });
  assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD']);
});

/** A stream of changes without the rest of the service. */
async function serveFeed(t: TestContext, source: ChangeSource, bounds = {}) {
  const feed = new ChangeFeed({ source, onSlow: () => {}, bounds });
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
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, refused: refused.promise };
}

test('a listener above the maximum is rejected with a time to retry', async (t) => {
  const source = { watch: () => () => {}, watermark: () => 0 };
  const { url, refused } = await serveFeed(t, source, { listeners_max: 1 });
  await next(listen(url));
  await fetch(`${url}/v2/changes`);
  const { code, headers } = (await refused) as RequestError;
  assert.deepEqual([code, headers], ['TOO_MANY_REQUESTS', { 'retry-after': '5' }]);
});

test("[M-04] heartbeats carry the store's watermark and stop while the store is silent", async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const listeners = new ChangeListeners();
  let watermark = 100;
  const source = { watch: (listener: ChangeListener) => listeners.add(listener), watermark: () => watermark };
  const { url } = await serveFeed(t, source);
  const events = listenToAll(url);
  await next(events);
  assert.match(await next(events), /event: gap/);
  assert.equal(await next(events), 'event: heartbeat\ndata: {"time":100}');
  for (let second = 0; second < 5; second += 1) t.mock.timers.tick(1_000);
  listeners.tell({ type: 'gap' });
  assert.match(await next(events), /event: gap/, 'five seconds of silence have no heartbeat');
  watermark = 5_050;
  t.mock.timers.tick(1_000);
  assert.equal(await next(events), 'event: heartbeat\ndata: {"time":5050}');
});

test('a service that stops ends its change streams at once', async () => {
  const { url, stop } = await startTestServer();
  const events = listen(url);
  await next(events);
  await next(events);
  const end = next(events);
  await stop();
  assert.equal(await end, 'the end');
});

test('a listener that connects during a stop does not delay it, and retries elsewhere', async (t) => {
  const { url, stop } = await startTestServer({ bounds: { stop_grace_ms: 60_000 } });
  const connection = await connectRaw(url);
  t.after(() => connection.socket.destroy());
  connection.socket.write(get('/livez'));
  await connection.until(/"ok"/);
  connection.take();
  const stopped = stop();
  connection.socket.write(get('/v2/changes'));
  const response = await connection.closed;
  assert.match(response, /^HTTP\/1.1 200 .*\r\nconnection: close\r\n.*retry: 1000\n\n/is);
  assert.doesNotMatch(response, /hello/);
  await stopped;
});

test('[M-09] a slow listener is disconnected and delays no other listener', {
  timeout: 20_000,
}, async (t) => {
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
  // The operating systems of both sides buffer some megabytes first.
  for (let round = 0; !log.some(({ event }) => event === 'slow_listener') && round < 500; round += 1) {
    for (let n = 0; n < 500; n += 1) await sessions.replace(session.id, 'data', null);
    for (let n = 0; n < 500; n += 1) assert.match(await next(events), /event: change/);
  }
  slow.resume();
  await closed;
});
