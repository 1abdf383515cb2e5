import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type TestServerOptions } from '../../../../testing/http/test-server.ts';
import { sessionsClientOf } from '../index.ts';

async function start(t: { after: (stop: () => Promise<void>) => void }, options: TestServerOptions = {}) {
  const { sessions, stop } = await startTestServer(options);
  t.after(stop);
  return sessionsClientOf(sessions, { value_bytes_max: 100 });
}

test('the in-process client supports every method of SessionsClient', async (t) => {
  const client = await start(t);
  const { session, token } = await client.open({ user_id: 'u', data: { a: 1 }, idle_timeout: 60 });
  assert.deepEqual(await client.read(token), session);
  assert.equal(await client.read('ps_unknown'), null);
  assert.deepEqual(await client.get(session.id), session);
  assert.equal(await client.get('nobody'), null);
  assert.deepEqual((await client.patchData(session.id, { b: 2 }, { if_match: session.revision })).data, { a: 1, b: 2 });
  await assert.rejects(client.replaceData(session.id, {}, { if_match: session.revision }), {
    code: 'REVISION_CONFLICT',
  });
  assert.deepEqual((await client.replaceUser(session.id, null)).user, null);
  const rotated = await client.rotate({ token, auth_level: 2 });
  assert.equal((await client.validate(rotated.token)).active, true);
  assert.equal((await client.touch(session.id)).active, true);
  assert.equal(await client.count({ user_id: 'u', active: true }), 1);
  assert.equal((await client.stats()).live, 1);
  assert.equal((await client.close(session.id, { reason: 'revoked' })).close_reason, 'revoked');
  await assert.rejects(client.touch(session.id), { code: 'SESSION_CLOSED' });
  assert.equal((await client.remove(session.id)).id, session.id);
  await assert.rejects(client.close(session.id), { code: 'SESSION_NOT_FOUND' });
});

test('opening a session with a key can be repeated in the same process too', async (t) => {
  const client = await start(t);
  const options = { idempotency_key: 'known-to-nobody-else' };
  const first = await client.open({ user_id: 'u' }, options);
  assert.deepEqual(await client.open({ user_id: 'u' }, options), first);
});

test('all() returns the sessions of all pages', async (t) => {
  const client = await start(t);
  for (let n = 0; n < 5; n += 1) await client.open({ user_id: `u${n}` });
  const users: string[] = [];
  for await (const { user_id } of client.all({ active: true, limit: 2 })) users.push(user_id);
  assert.deepEqual(users.toSorted(), ['u0', 'u1', 'u2', 'u3', 'u4']);
  assert.equal((await client.closeMany({ filter: {}, limit: 3 })).more, true);
});

test('requests that HTTP rejects are rejected in the same process too', async (t) => {
  const client = await start(t);
  const { session } = await client.open({ user_id: 'u' });
  const invalid = { code: 'INVALID_DATA' };
  await assert.rejects(client.open({ user_id: '' }), invalid);
  await assert.rejects(client.open({ user_id: 'u', idle_timeout: -1 }), invalid);
  await assert.rejects(client.list({ from_time: 'yesterday' }), invalid);
  await assert.rejects(client.replaceData(session.id, 'x'.repeat(100)), { code: 'VALUE_TOO_LARGE' });
  await assert.rejects(client.replaceData(session.id, undefined), TypeError);
  const filter = Object.fromEntries([['user_id', undefined]]);
  await assert.rejects(client.closeMany({ filter }), { name: 'TypeError', message: /^filter\.user_id is undefined/ });
  const closeMany = client.closeMany as (request: unknown) => Promise<unknown>;
  await assert.rejects(closeMany({ user_id: '1' }), {
    name: 'TypeError',
    message: /^filter is missing: use closeMany/,
  });
  assert.equal((await client.get(session.id))?.active, true);
});

test('changing the object of a request later does not change the stored session', async (t) => {
  const client = await start(t);
  const data = { cart: ['apple'] };
  const { session } = await client.open({ user_id: 'u', data });
  data.cart.push('pear');
  assert.deepEqual((await client.get(session.id))?.data, { cart: ['apple'] });
});

test('[B-03] in-process calls reject what HTTP rejects in headers, paths and bodies', async (t) => {
  const client = await start(t);
  const { session } = await client.open({ user_id: 'u' });
  const invalid = (member: string) => ({ code: 'INVALID_DATA', message: new RegExp(`^${member} `) });
  for (const key of [
    '',
    'short',
    'x'.repeat(15),
    'x'.repeat(256),
    `${'x'.repeat(16)} `,
    `${'x'.repeat(16)}\n`,
    'é'.repeat(16),
  ]) {
    await assert.rejects(client.open({ user_id: 'u' }, { idempotency_key: key }), invalid('Idempotency-Key'), key);
  }
  for (const if_match of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    await assert.rejects(client.replaceData(session.id, {}, { if_match }), invalid('If-Match'), String(if_match));
  }
  for (const id of ['a\0b', 'a\ud800', 'x'.repeat(4097)]) {
    await assert.rejects(client.get(id), invalid('id'));
    await assert.rejects(client.close(id), invalid('id'));
  }
  const content = { code: 'INVALID_CONTENT' };
  await assert.rejects(client.open({ user_id: 'u', data: nested(201) }), content);
  await assert.rejects(client.replaceData(session.id, nested(201)), content);
  await assert.rejects(client.patchData(session.id, JSON.parse('{"a":{"__proto__":{"b":1}}}')), content);
  const ids = Array.from({ length: 1000 }, () => 'x'.repeat(4096));
  await assert.rejects(client.closeMany({ filter: {}, except: ids }), { code: 'BODY_TOO_LARGE' });
  assert.deepEqual(await client.get(session.id), session);
});

test('the use cases reject a guessable idempotency key too', async (t) => {
  const { sessions, stop } = await startTestServer();
  t.after(stop);
  await assert.rejects(sessions.openWithToken({ user_id: 'u' }, ''), { code: 'INVALID_DATA' });
  assert.equal(await sessions.count({}), 0);
});

function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}
