import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { userSessions } from '../adapters/fetch.ts';
import { answer, broken, clientOf, hang, problem, refused, SESSION, TOKEN, text } from '../fixtures/scripted-fetch.ts';

const LOOPBACK = 'http://127.0.0.1:3000/';
const opened = answer(201, { session: SESSION, token: TOKEN, evicted: [] });
const valid = answer(200, { active: true, session: SESSION, max_age: 60, age: 0 });

async function entered(url: string, replies: Parameters<typeof clientOf>[0], init?: RequestInit, options = {}) {
  const { client, sent } = clientOf(replies);
  const result = await userSessions({ client, ...options })(new Request(url, init));
  if (result.rejection) throw new Error(`rejection with ${result.rejection.status}`);
  return { ...result, sent };
}

const withToken = { headers: { cookie: `__Host-session=${TOKEN}` } };

test('the development cookie is set on loopback only; elsewhere login opens nothing', async () => {
  const options = { development: true };
  for (const url of [LOOPBACK, 'http://localhost:1/', 'http://app.localhost/', 'http://[::1]:8080/']) {
    const { userSession } = await entered(url, [opened], {}, options);
    await userSession.login({ user_id: '1' });
  }
  for (const url of ['http://example.com/', 'http://localhost.example.com/', 'http://127.0.0.1.example.com/']) {
    const { userSession, sent } = await entered(url, [opened], {}, options);
    await assert.rejects(userSession.login({ user_id: '1' }), /development is for loopback addresses only/);
    assert.equal(sent.length, 0);
  }
});

test('a wrong API key is a fault of the application, and no 401 for its users', async () => {
  const { userSession } = await entered(LOOPBACK, [problem(401, 'UNAUTHORIZED')]);
  const rejection = { name: 'SessionRejection', code: 'SESSIONS_UNAVAILABLE', status: 503 };
  await assert.rejects(userSession.login({ user_id: '1' }), rejection);
});

test('no failure of the service signs a user in or out', async () => {
  const replies = [broken, refused, hang, text(200, '<html>'), problem(500, 'INTERNAL'), problem(404, 'NOT_FOUND')];
  for (const reply of replies) {
    const { client } = clientOf([reply], { timeout_ms: 50 });
    const { rejection: answered } = await userSessions({ client })(new Request(LOOPBACK, withToken));
    assert.equal(answered?.status, 503);
    assert.deepEqual(answered.headers.getSetCookie(), []);
  }
});

test('the Retry-After of the service reaches the user', async () => {
  const { client } = clientOf([problem(429, 'TOO_MANY_REQUESTS', {}, { 'retry-after': '30' })], { timeout_ms: 1000 });
  const entered = await userSessions({ client })(new Request(LOOPBACK, withToken));
  assert.equal(entered.rejection?.status, 503);
  assert.equal(entered.rejection?.headers.get('retry-after'), '30');
});

test('errors for the application are passed on unchanged', async () => {
  const { userSession } = await entered(LOOPBACK, [problem(409, 'SESSION_LIMIT')]);
  await assert.rejects(userSession.login({ user_id: '1' }), { name: 'SessionLimitError', code: 'SESSION_LIMIT' });
});

test('an unknown cookie lifetime rejects, and nothing is opened or rotated', async () => {
  const { userSession, sent } = await entered(LOOPBACK, [valid, opened], withToken);
  const cookie = 'forever' as 'persistent';
  const message = (option: string) => ({ name: 'TypeError', message: new RegExp(`^${option} is 'forever': use`) });
  await assert.rejects(userSession.login({ user_id: '1' }, { cookie }), message('cookie'));
  await assert.rejects(userSession.rotate({}, cookie), message('lifetime'));
  assert.equal(sent.length, 1);
});

test('logout succeeds for a session that an administrator has deleted', async () => {
  const { userSession } = await entered(LOOPBACK, [valid, problem(404, 'SESSION_NOT_FOUND')], withToken);
  await userSession.logout();
  assert.equal(userSession.current, null);
});

test('a bulk sign-out continues while there are more sessions, and ends', async () => {
  const more = answer(200, { ids: ['a', 'b'], more: true });
  const { userSession, sent } = await entered(
    LOOPBACK,
    [valid, more, more, answer(200, { ids: ['c'], more: false })],
    withToken,
  );
  assert.equal(await userSession.logoutOthers(), 5);
  assert.deepEqual(JSON.parse(sent.at(-1)?.body ?? ''), { token: TOKEN, others: true });
  const endless = await entered(LOOPBACK, [valid, more], withToken);
  assert.equal(await endless.userSession.logoutOthers(), 200);
});

test('a session that has ended since the request arrived is a 401', async () => {
  for (const end of [problem(409, 'SESSION_CLOSED'), problem(404, 'TOKEN_UNKNOWN')]) {
    const { userSession } = await entered(LOOPBACK, [valid, end], withToken);
    const required = { code: 'SESSION_REQUIRED', status: 401 };
    await assert.rejects(userSession.devices(), required);
    await assert.rejects(userSession.endDevice('x'), required);
    await assert.rejects(userSession.logoutOthers(), required);
    await assert.rejects(userSession.logoutEverywhere(), required);
  }
});

test('endDevice rejects an id that is not a string; returns false for an unknown one', async () => {
  const { userSession, sent } = await entered(LOOPBACK, [valid, problem(400, 'INVALID_DATA')], withToken);
  await assert.rejects(userSession.endDevice(undefined as unknown as string), { name: 'TypeError', message: /^id is/ });
  assert.equal(sent.length, 1);
  assert.equal(await userSession.endDevice('\0'), false);
});

test('devices lists live sessions, and takes a limit and a cursor', async () => {
  const page = { items: [], next_cursor: null, current: SESSION.id };
  const { userSession, sent } = await entered(LOOPBACK, [valid, answer(200, page)], withToken);
  assert.deepEqual(await userSession.devices({ limit: 5, cursor: 'c' }), page);
  assert.deepEqual(JSON.parse(sent.at(-1)?.body ?? ''), { active: true, limit: 5, cursor: 'c', token: TOKEN });
});

test('calls that need a session reject without one', async () => {
  const { userSession, sent } = await entered(LOOPBACK, [opened]);
  const required = { code: 'SESSION_REQUIRED', status: 401 };
  await assert.rejects(userSession.devices(), required);
  await assert.rejects(userSession.endDevice('x'), required);
  await assert.rejects(userSession.logoutOthers(), required);
  await assert.rejects(userSession.logoutEverywhere(), required);
  await assert.rejects(userSession.rotate(), required);
  assert.throws(() => userSession.required, required);
  assert.equal(sent.length, 0);
});

test('logging the session object does not reveal its token', async () => {
  const { userSession } = await entered(LOOPBACK, [valid], withToken);
  assert.ok(!inspect(userSession, { depth: null, showHidden: true }).includes(TOKEN));
  assert.ok(!JSON.stringify(userSession).includes(TOKEN));
});

test('the option reader replaces the client for reading sessions', async () => {
  const { client, sent } = clientOf([opened]);
  const reader = { read: async () => SESSION };
  const { userSession } = await userSessions({ client, reader })(new Request(LOOPBACK, withToken));
  assert.equal(userSession?.required.id, SESSION.id);
  assert.equal(sent.length, 0);
});

test('a cached session causes no call, and a cached end clears the cookie', async () => {
  const { client, sent } = clientOf([opened]);
  const read = () => Promise.reject(new Error('asked'));
  const known = { read, peek: () => SESSION };
  const { userSession } = await userSessions({ client, reader: known })(new Request(LOOPBACK, withToken));
  assert.equal(userSession?.required.id, SESSION.id);
  const ended = await userSessions({ client, reader: { read, peek: () => null } })(new Request(LOOPBACK, withToken));
  assert.equal(ended.userSession?.current, null);
  assert.match(ended.respond?.(new Response()).headers.get('set-cookie') ?? '', /^__Host-session=; .*Max-Age=0/);
  const asks = { read: async () => SESSION, peek: () => undefined };
  assert.ok((await userSessions({ client, reader: asks })(new Request(LOOPBACK, withToken))).userSession?.current);
  assert.equal(sent.length, 0);
});

test('a cookie is found among others, by its whole name only', async () => {
  const asks = (cookie: string) => entered(LOOPBACK, [valid], { headers: { cookie } });
  for (const cookie of [
    `a=1; __Host-session=${TOKEN}`,
    `__Host-session=${TOKEN};b=2`,
    ` __Host-session = ${TOKEN} ; c`,
    `__Host-session2=x;__Host-session=${TOKEN};=;;`,
    `__Host-sessionx; __Host-session=${TOKEN}`,
  ]) {
    assert.ok((await asks(cookie)).userSession.current, cookie);
  }
  for (const cookie of [
    `__Host-session2=${TOKEN}`,
    `x__Host-session=${TOKEN}`,
    `a=__Host-session=${TOKEN}`,
    `__Host-session;${TOKEN}`,
    `__Host-session=${TOKEN}; __Host-session=${TOKEN}`,
  ]) {
    assert.equal((await asks(cookie)).sent.length, 0, cookie);
  }
});
