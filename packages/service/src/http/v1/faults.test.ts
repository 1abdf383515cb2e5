import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startTestServer, type TestServer, type TestServerOptions } from '../../../../../testing/http/test-server.ts';
import { newApiKey, parseApiKey } from '../authentication/api-keys.ts';

/**
 * The ten faults of the original services (WIRE_V1.md), each with the test that it is fixed. Number 7 is in
 * `file-persistence.test.ts`.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly data?: unknown };
}

async function serve(t: TestContext, options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  t.after(() => server.stop());
  return { server, call: (command: string, request: object) => call(server, command, request) };
}

async function call({ url }: TestServer, command: string, request: object): Promise<Reply> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/v1/sessions/${command}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

test('fault 1: from_time selects the sessions since then, to_time those before', async (t) => {
  const { server, call } = await serve(t);
  const { body: early } = await call('open_session', { user_id: '1' });
  server.clock.advance(HOUR_MS);
  const noon = new Date(server.clock.now()).toISOString();
  const { body: late } = await call('open_session', { user_id: '1' });
  const since = await call('get_sessions', { filter: { from_time: noon } });
  const before = await call('get_sessions', { filter: { to_time: noon } });
  assert.deepEqual(
    (since.body.data as { id: string }[]).map(({ id }) => id),
    [late.id],
  );
  assert.deepEqual(
    (before.body.data as { id: string }[]).map(({ id }) => id),
    [early.id],
  );
});

test('fault 2: changing a closed session is rejected with 409 SESSION_CLOSED', async (t) => {
  const { call } = await serve(t);
  const { body: session } = await call('open_session', { user_id: '1' });
  await call('close_session', { session_id: session.id });
  for (const [command, member] of [
    ['store_session_data', 'data'],
    ['update_session_user', 'user'],
  ] as const) {
    const { status, body } = await call(command, { session_id: session.id, [member]: 'late' });
    assert.equal(status, 409);
    assert.equal(body.code, 'SESSION_CLOSED');
    assert.equal(body.category, 'Conflict');
  }
  const { body: read } = await call('get_session_by_id', { session_id: session.id });
  assert.equal(read.data, null);
  assert.equal(read.user, null);
});

test('fault 3: a session past its timeout is returned as closed without a sweep', async (t) => {
  const { server, call } = await serve(t);
  const { body: session } = await call('open_session', { user_id: '1', data: 'secret' });
  server.clock.advance(DAY_MS);
  const { body: read } = await call('get_session_by_id', { session_id: session.id });
  assert.equal(read.active, false);
  assert.equal(read.data, null);
  assert.equal(read.close_time, new Date(server.clock.now()).toISOString());
  assert.deepEqual((await call('get_sessions', { filter: { active: true } })).body.data, []);
  const { body: closed } = await call('get_sessions', { filter: { active: false } });
  assert.equal((closed.data as { active: boolean }[])[0]?.active, false);
  assert.equal((await call('store_session_data', { session_id: session.id, data: 1 })).status, 409);
});

test('fault 4: closing a closed session does not change its close_time', async (t) => {
  const { server, call } = await serve(t);
  const { body: session } = await call('open_session', { user_id: '1' });
  const { body: first } = await call('close_session', { session_id: session.id });
  server.clock.advance(HOUR_MS);
  const { status, body: second } = await call('close_session', { session_id: session.id });
  assert.equal(status, 200);
  assert.deepEqual(second, first);
});

test('fault 5: a sweep does not change request_time, and closes at the deadline', async (t) => {
  const { server, call } = await serve(t);
  const { body: session } = await call('open_session', { user_id: '1' });
  server.clock.advance(DAY_MS + 5 * HOUR_MS);
  const { body: before } = await call('get_session_by_id', { session_id: session.id });
  assert.equal((await call('close_expired_sessions', {})).status, 204);
  const { body: after } = await call('get_session_by_id', { session_id: session.id });
  assert.equal(after.request_time, session.request_time);
  assert.equal(after.close_time, new Date(Date.parse(String(session.request_time)) + DAY_MS).toISOString());
  assert.deepEqual(after, before);
});

test('fault 6: any JSON value is stored as data and user; empty ids are rejected', async (t) => {
  const { call } = await serve(t);
  for (const value of [0, false, '', [], {}, 'abc', -1.5, [null], { a: { b: [1] } }]) {
    const { body: session } = await call('open_session', { user_id: '1', user: value, data: value });
    const { body: read } = await call('get_session_by_id', { session_id: session.id });
    assert.deepEqual([read.user, read.data], [value, value]);
    await call('store_session_data', { session_id: session.id, data: 'other' });
    const { body: stored } = await call('store_session_data', { session_id: session.id, data: value });
    assert.deepEqual(stored.data, value);
  }
  const { status, body } = await call('open_session', { user_id: '' });
  assert.deepEqual([status, body.code, body.message], [400, 'INVALID_DATA', 'user_id must not be empty.']);
  assert.equal((await call('get_session_by_id', { session_id: '' })).status, 400);
});

test('fault 8: a response is not changed by later changes of the session', async (t) => {
  const { call } = await serve(t);
  const { body: session } = await call('open_session', { user_id: '1', data: { cart: [1] } });
  const { body: first } = await call('get_session_by_id', { session_id: session.id });
  (first.data as { cart: number[] }).cart.push(2);
  const { body: second } = await call('get_session_by_id', { session_id: session.id });
  assert.deepEqual(second.data, { cart: [1] });
});

test('[B-04] fault 9: a body above the limit gets 413, and no session is opened', async (t) => {
  const { call } = await serve(t, { body_limit: 2000 });
  const { status, body } = await call('open_session', { user_id: '1', data: 'x'.repeat(2000) });
  assert.deepEqual([status, body.code, body.category, body.status], [413, 'BODY_TOO_LARGE', 'BadRequest', 413]);
  assert.deepEqual((await call('get_sessions', { paging: { total: true } })).body, { total: 0, data: [] });
});

test('[K-08] fault 10: pages of other origins may call only if their origin is listed', async (t) => {
  const ask = async (url: string, origin: string) => {
    const headers = { origin, 'access-control-request-method': 'POST' };
    const answer = await fetch(`${url}/v1/sessions/open_session`, { method: 'OPTIONS', headers });
    return answer.headers.get('access-control-allow-origin');
  };
  const { server: closed } = await serve(t);
  const { server: listed } = await serve(t, { cors_origins: ['https://app.example.com'] });
  assert.equal(await ask(closed.url, 'https://app.example.com'), null);
  assert.equal(await ask(listed.url, 'https://app.example.com'), 'https://app.example.com');
  assert.equal(await ask(listed.url, 'https://evil.example.com'), null);

  const { key, configured } = newApiKey('app', 'write');
  const { server: withKeys } = await serve(t, {
    cors_origins: ['https://app.example.com'],
    keys: [parseApiKey(configured)],
  });
  const openFrom = async (origin: string, url = listed.url) => {
    const headers = { origin, 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const answer = await fetch(`${url}/v1/sessions/open_session`, {
      method: 'POST',
      headers,
      body: '{"user_id":"1"}',
    });
    return [answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')];
  };
  assert.deepEqual(await openFrom('https://app.example.com'), [200, 'https://app.example.com', 'Origin']);
  assert.deepEqual(await openFrom('https://evil.example.com'), [403, null, null]);
  // With a key no request is rejected for its origin: only the browser keeps the response from the page.
  assert.deepEqual(await openFrom('https://evil.example.com', withKeys.url), [200, null, 'Origin']);
});
