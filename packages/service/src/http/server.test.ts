import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { SessionsError } from '../domain/errors.ts';
import { MemoryStore } from '../stores/memory/store.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** A store whose reads wait or fail as the test sets it. */
class HeldStore extends MemoryStore {
  readonly asked = Promise.withResolvers<void>();
  readonly held = Promise.withResolvers<void>();

  fail(error: Error): void {
    this.held.promise.catch(() => {});
    this.held.reject(error);
  }

  override async find(id: string) {
    this.asked.resolve();
    await this.held.promise;
    return super.find(id);
  }
}

function heldStore(): HeldStore {
  return new HeldStore({ sessions_max: 10 });
}

test('closing finishes the request in flight and rejects new connections', async () => {
  const store = heldStore();
  const server = await startTestServer({ store });
  const body = '{"session_id":"none"}';
  const inFlight = fetch(`${server.url}/v1/sessions/get_session_by_id`, {
    method: 'POST',
    headers: JSON_HEADERS,
    body,
  });
  await store.asked.promise;
  const stopping = server.stop();
  await assert.rejects(fetch(`${server.url}/heartbeat`));
  store.held.resolve();
  assert.equal((await inFlight).status, 204);
  await stopping;
});

test('[ASVS-16.5.2] a silent store causes 503 with Retry-After, never "no session"', async (t) => {
  const store = heldStore();
  store.fail(new SessionsError('STORE_UNAVAILABLE', 'The session store is unavailable: gone.'));
  const server = await startTestServer({ store });
  t.after(() => server.stop());
  const url = `${server.url}/v1/sessions/get_session_by_id?correlation_id=abc`;
  const answer = await fetch(url, { method: 'POST', headers: JSON_HEADERS, body: '{"session_id":"1"}' });
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('retry-after'), '1');
  assert.deepEqual(await answer.json(), {
    code: 'STORE_UNAVAILABLE',
    category: 'NoResponse',
    status: 503,
    message: 'The session store is unavailable: gone.',
    correlation_id: 'abc',
  });
  const token = `ps_${'0'.repeat(36)}_${'A'.repeat(43)}`;
  for (const route of ['validate', 'rotate']) {
    const options = { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify({ token }) };
    const refused = await fetch(`${server.url}/v2/sessions/${route}`, options);
    const { code } = (await refused.json()) as { readonly code: string };
    assert.deepEqual([refused.status, refused.headers.get('retry-after'), code], [503, '1', 'STORE_UNAVAILABLE']);
  }
});

test('[E-05] an internal error is a 500 without details, and the log has the details', async (t) => {
  const store = heldStore();
  store.fail(new TypeError('secret detail'));
  const server = await startTestServer({ store });
  t.after(() => server.stop());
  const options = { method: 'POST', headers: JSON_HEADERS, body: '{"session_id":"1"}' };
  const answer = await fetch(`${server.url}/v1/sessions/get_session_by_id`, options);
  const text = await answer.text();
  assert.equal(answer.status, 500);
  assert.doesNotMatch(text, /secret|stack|TypeError/);
  assert.equal(JSON.parse(text).code, 'INTERNAL');
  const line = server.log.find(({ msg }) => msg === 'request failed');
  assert.match(JSON.stringify(line), /secret detail/);
  const problem = await (await fetch(`${server.url}/v2/sessions/1`)).text();
  assert.doesNotMatch(problem, /secret|stack|TypeError/);
  assert.equal(JSON.parse(problem).code, 'INTERNAL');
});

test('[ASVS-16.2.5] log lines have the correlation id, and no session id, user or data', async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  const call = async (command: string, body: object) => {
    const url = `${server.url}/v1/sessions/${command}?correlation_id=trace-1`;
    const answer = await fetch(url, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) });
    return JSON.parse((await answer.text()) || 'null');
  };
  const session = await call('open_session', { user_id: '1', user: { mail: 'a@example.com' }, data: 'PRIVATE-1' });
  await call('get_session_by_id', { session_id: session.id });
  await call('store_session_data', { session_id: session.id, data: 'PRIVATE-2' });
  await call('close_session', { session_id: session.id });
  await call('store_session_data', { session_id: session.id, data: 'PRIVATE-3' });
  await call('delete_session_by_id', { session_id: session.id });
  await call('open_session', { user_id: 5, data: 'PRIVATE-4' });
  const headers = { ...JSON_HEADERS, correlation_id: 'trace-1' };
  const broken = { method: 'POST', headers, body: '{"data":PRIVATE-5}' };
  assert.equal((await fetch(`${server.url}/v1/sessions/open_session`, broken)).status, 400);
  const text = JSON.stringify(server.log);
  assert.equal(server.log.length, 8);
  assert.ok(server.log.every((line) => line.correlation_id === 'trace-1'));
  const [ref, ...others] = new Set(server.log.flatMap((line) => (line.session ? [String(line.session)] : [])));
  assert.ok(ref && others.length === 0 && !session.id.includes(ref), `${ref} names the session`);
  for (const secret of [session.id, 'PRIVATE', 'a@example.com']) assert.ok(!text.includes(secret), secret);
});

test('the correlation id comes from the query, the header or the trace, in this order', async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  const idOf = async (query: string, headers: Record<string, string>) => {
    const answer = await fetch(`${server.url}/nowhere${query}`, { headers });
    return JSON.parse(await answer.text()).correlation_id;
  };
  assert.equal(await idOf('?correlation_id=a%20b', { correlation_id: 'c' }), 'a b');
  assert.equal(await idOf('?other=1', { correlation_id: 'c' }), 'c');
  assert.equal(await idOf('', { trace_id: 'd' }), 'd');
  const trace = '0af7651916cd43dd8448eb211c80319c';
  assert.equal(await idOf('', { traceparent: `00-${trace}-b7ad6b7169203331-01` }), trace);
  assert.equal(await idOf('', { correlation_id: 'null' }), undefined);
  assert.equal((await idOf(`?correlation_id=${'x'.repeat(5000)}`, {})).length, 128);
});

test('a request whose connection ends in the middle of its body opens nothing', async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  await new Promise<void>((resolve) => {
    const headers = { ...JSON_HEADERS, 'content-length': 100 };
    const request = httpRequest(`${server.url}/v1/sessions/open_session`, { method: 'POST', headers });
    request.on('error', () => {});
    request.on('close', resolve);
    request.write('{"user_id":"1"', () => request.destroy());
  });
  const options = { method: 'POST', headers: JSON_HEADERS, body: '{"paging":{"total":true}}' };
  const answer = await fetch(`${server.url}/v1/sessions/get_sessions`, options);
  assert.deepEqual(await answer.json(), { total: 0, data: [] });
});

test('heartbeat, status and swagger respond like other microservices of the toolkit', async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  const started = server.clock.now();
  server.clock.advance(1500);
  const get = async (path: string) => JSON.parse(await (await fetch(server.url + path)).text());
  assert.equal(await get('/heartbeat'), new Date(started + 1500).toISOString());
  const status = await get('/status');
  assert.deepEqual([status.name, status.uptime, status.components], ['sessions', 1500, []]);
  assert.equal(status.start_time, new Date(started).toISOString());
  const document = await get('/v1/sessions/swagger');
  assert.deepEqual(document, await get('/swagger'));
  const schema = document.paths['/v1/sessions/open_session'].post.requestBody.content['application/json'].schema;
  assert.deepEqual(schema.required, ['user_id']);
});
