import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  broken,
  clientOf,
  hang,
  ID,
  KEY,
  problem,
  type Reply,
  refused,
  SESSION,
  TOKEN,
  text,
  URL_OF_SERVICE,
} from '../fixtures/scripted-fetch.ts';
import { createSessionsClient, type RequestOptions, SessionsCallError, type SessionsClient } from '../index.ts';

const found = answer(200, SESSION);
const opened = answer(201, { session: SESSION, token: TOKEN, evicted: [] });

test('all attempts of open have the same idempotency key; each call has its own', async () => {
  const { client, sent } = clientOf([broken, text(502, ''), problem(503, 'STORE_UNAVAILABLE'), opened]);
  await client.open({ user_id: '1' });
  await client.open({ user_id: '1' });
  const keys = sent.map(({ headers }) => headers['idempotency-key'] ?? '');
  assert.equal(keys.length, 5);
  assert.equal(new Set(keys.slice(0, 4)).size, 1);
  assert.notEqual(keys[4], keys[0]);
  for (const key of keys) assert.match(key, /^[0-9a-f]{32}$/);
});

test("the caller's own idempotency key is sent; other calls have none", async () => {
  const { client, sent } = clientOf([opened, found]);
  await client.open({ user_id: '1' }, { idempotency_key: 'sign-in-1' });
  await client.touch(ID);
  assert.deepEqual(
    sent.map(({ headers }) => headers['idempotency-key']),
    ['sign-in-1', undefined],
  );
});

test('every attempt has the correlation id and the trace context', async () => {
  const traceparent = `00-${'0af7651916cd43dd8448eb211c80319c'}-${'b7ad6b7169203331'}-01`;
  const { client, sent } = clientOf([broken, found]);
  await client.get(ID, { correlation_id: '123', traceparent });
  await client.get(ID, { correlation_id: 'größe' });
  await client.get(ID, { correlation_id: '' });
  const headers = sent.map(({ headers }) => [headers.correlation_id, headers.traceparent]);
  const both = ['123', traceparent];
  assert.deepEqual(headers, [both, both, ['gr%C3%B6%C3%9Fe', undefined], [undefined, undefined]]);
});

const WRONG: readonly [string, RequestOptions & { idempotency_key?: string; if_match?: number }][] = [
  ['traceparent', { traceparent: 'x' }],
  ['traceparent', { traceparent: `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }],
  ['traceparent', { traceparent: `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01` }],
  ['timeout_ms', { timeout_ms: 0 }],
  ['timeout_ms', { timeout_ms: Number.NaN }],
  ['if_match', { if_match: 1.5 }],
  ['if_match', { if_match: -1 }],
];

for (const [name, options] of WRONG) {
  test(`a wrong ${name} rejects before anything is sent: ${JSON.stringify(options)}`, async () => {
    const { client, sent } = clientOf([found]);
    await assert.rejects(client.replaceData(ID, 1, options), { name: 'TypeError', message: new RegExp(`^${name} is`) });
    assert.equal(sent.length, 0);
  });
}

test('an unknown option and an empty key throw a TypeError that names them', () => {
  const create = (more: object) => () => createSessionsClient({ url: 'http://localhost', ...more });
  const unknown = /^apiKey is an unknown option of the client; allowed: url, .*key/;
  assert.throws(create({ apiKey: 'x' }), { name: 'TypeError', message: unknown });
  assert.throws(create({ key: '' }), { name: 'TypeError', message: /^key is empty/ });
});

test('a wrong idempotency key or API key is refused without repeating it', async () => {
  const { client, sent } = clientOf([opened]);
  const message = (name: string) => ({ name: 'TypeError', message: new RegExp(`^${name} (?!.*secret)`) });
  await assert.rejects(client.open({ user_id: '1' }, { idempotency_key: 'a secret' }), message('idempotency_key'));
  for (const key of ['', 'a secret', 'secret\n', 'größtes secret']) {
    assert.throws(() => createSessionsClient({ url: URL_OF_SERVICE, key }), message('key'));
  }
  const headers = { authorization: 'Bearer secret\n→' };
  assert.throws(() => createSessionsClient({ url: URL_OF_SERVICE, headers }), message('headers'));
  assert.equal(sent.length, 0);
});

for (const [who, client_ms, call_ms, at_ms] of [
  ['the default', undefined, undefined, 10_000],
  ["the client's timeout_ms", 700, undefined, 700],
  ["the call's timeout_ms", 700, 300, 300],
] as const) {
  test(`a call times out after ${who} if the service hangs`, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { client } = clientOf([hang], client_ms === undefined ? {} : { timeout_ms: client_ms });
    const call = client.get(ID, { timeout_ms: call_ms });
    const message = `GET /v2/sessions/{id} at ${URL_OF_SERVICE}: No response within ${at_ms} ms.`;
    const rejected = assert.rejects(call, (error: unknown) => {
      assert.ok(error instanceof SessionsCallError);
      assert.equal(error.code, 'TIMEOUT');
      assert.ok(error.message.startsWith(message), error.message);
      return true;
    });
    let settled = false;
    void rejected.then(() => {
      settled = true;
    });
    t.mock.timers.tick(at_ms - 1);
    await Promise.resolve();
    assert.equal(settled, false);
    t.mock.timers.tick(1);
    await rejected;
  });
}

test("the caller's signal aborts a call with its reason, without further attempts", async () => {
  const controller = new AbortController();
  const giveUp: Reply = (signal) => {
    controller.abort(new Error('the user left'));
    assert.equal(signal.aborted, true);
    return broken(signal, '');
  };
  const { client, sent } = clientOf([giveUp]);
  await assert.rejects(client.get(ID, { signal: controller.signal }), (error: unknown) => {
    assert.ok(error instanceof SessionsCallError && error.cause instanceof Error);
    assert.deepEqual([error.code, error.cause.message], ['ABORTED', 'the user left']);
    return true;
  });
  assert.equal(sent.length, 1);
});

test('a call whose signal is already aborted sends nothing', async () => {
  const { client, sent } = clientOf([opened]);
  await assert.rejects(client.open({ user_id: '1' }, { signal: AbortSignal.abort() }), { code: 'ABORTED' });
  assert.equal(sent.length, 0);
});

test('a response above response_bytes_max is not read to its end', async () => {
  const { client } = clientOf([found], { response_bytes_max: 100 });
  await assert.rejects(client.get(ID), { code: 'RESPONSE_TOO_LARGE' });
});

test('[S-04] errors of the client contain no tokens, keys or ids', async () => {
  const deno: Reply = (_signal, url) => Promise.reject(new TypeError(`error sending request for url (${url})`));
  const ends: Reply[] = [
    broken,
    deno,
    refused,
    text(201, `{"token":"${TOKEN}"`),
    text(200, TOKEN),
    text(502, TOKEN),
    text(404, TOKEN),
    text(302, '', { location: `/?${TOKEN}` }),
    answer(201, { token: TOKEN }),
    answer(200, { active: TOKEN, session: TOKEN }),
  ];
  const calls: readonly ((client: SessionsClient) => Promise<unknown>)[] = [
    (client) => client.open({ user_id: '1' }),
    (client) => client.validate(TOKEN),
    (client) => client.rotate({ token: TOKEN }),
    (client) => client.replaceData(ID, 1),
  ];
  for (const end of ends) {
    for (const call of calls) {
      await assert.rejects(call(clientOf([end], { retries: 0 }).client), (error: unknown) => {
        assert.ok(error instanceof SessionsCallError);
        const { cause, ...members } = error;
        const words = JSON.stringify([members, error.message]);
        const below = end !== deno && cause instanceof Error ? String(cause) : '';
        for (const secret of [TOKEN, KEY, ID, TOKEN.slice(-20)])
          assert.ok(!`${words}${below}`.includes(secret), words + below);
        return true;
      });
    }
  }
});
