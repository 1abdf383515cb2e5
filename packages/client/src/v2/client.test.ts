import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  broken,
  clientOf,
  ENDED,
  ID,
  KEY,
  problem,
  type Reply,
  SESSION,
  SUMMARY,
  TOKEN,
} from '../fixtures/scripted-fetch.ts';
import { createSessionsClient, type SessionReader, type SessionsClient } from '../index.ts';

const found = answer(200, SESSION);
const opened = answer(201, { session: SESSION, token: TOKEN, evicted: ['x'] });
const keys = {
  since: '2026-01-01T00:00:00.000Z',
  items: [{ name: 'shop', scope: 'write', expires: null, last_used: null, uses: 0 }],
};
const stats = {
  live: 3,
  opened: 5,
  closed: { idle: 2 },
  hours: [{ hour: '2026-11-22T01:00:00.000Z', opened: 5, closed: {} }],
  sweep: { time: '2026-11-22T01:00:00.000Z', closed: 1, purged: 0, lag: 0.5 },
};

interface Case {
  readonly call: (client: SessionsClient) => Promise<unknown>;
  readonly reply: Reply;
  readonly line: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly result?: unknown;
}

const JSON_TYPE = 'application/json';
const page = { items: [SUMMARY], next_cursor: null };

const CASES: Readonly<Record<string, Case>> = {
  open: {
    call: (client) => client.open({ user_id: '1', data: { cart: [] }, idle_timeout: 60 }),
    reply: opened,
    line: 'POST /v2/sessions',
    body: { user_id: '1', data: { cart: [] }, idle_timeout: 60 },
    result: { session: SESSION, token: TOKEN, evicted: ['x'] },
  },
  get: { call: (client) => client.get(ID), reply: found, line: `GET /v2/sessions/${ID}`, result: SESSION },
  list: {
    call: (client) => client.list({ user_id: 'a b', active: true, limit: 2, cursor: 'c', total: false }),
    reply: answer(200, page),
    line: 'GET /v2/sessions?user_id=a+b&active=true&limit=2&cursor=c&total=false',
    result: page,
  },
  count: {
    call: (client) => client.count({ user_id: '1' }),
    reply: answer(200, { ...page, total: 12 }),
    line: 'GET /v2/sessions?user_id=1&limit=1&total=true',
    result: 12,
  },
  validate: {
    call: (client) => client.validate(TOKEN),
    reply: answer(200, { active: true, session: SESSION, max_age: 60, age: 0 }),
    line: 'POST /v2/sessions/validate',
    body: { token: TOKEN },
    result: { active: true, session: SESSION, max_age: 60, age: 0 },
  },
  validateMany: {
    call: (client) => client.validateMany([TOKEN, 'x'], { touch: false, max_age: 1 }),
    reply: answer(200, {
      results: [
        { active: true, session: SESSION, max_age: 60, age: 0 },
        { active: false, reason: 'unknown' },
      ],
    }),
    line: 'POST /v2/sessions/validate-many',
    body: { tokens: [TOKEN, 'x'], max_age: 1, touch: false },
    result: {
      results: [
        { active: true, session: SESSION, max_age: 60, age: 0 },
        { active: false, reason: 'unknown' },
      ],
    },
  },
  check: {
    call: (client) => client.check([ID, 'x']),
    reply: answer(200, {
      results: [
        { id: ID, active: true, revision: 7, expires_in: null },
        { id: 'x', active: false, reason: 'unknown' },
      ],
    }),
    line: 'POST /v2/sessions/check',
    body: { ids: [ID, 'x'] },
    result: {
      results: [
        { id: ID, active: true, revision: 7, expires_in: null },
        { id: 'x', active: false, reason: 'unknown' },
      ],
    },
  },
  rotate: {
    call: (client) => client.rotate({ token: TOKEN, auth_level: 3 }),
    reply: answer(200, { session: SESSION, token: `${TOKEN}2` }),
    line: 'POST /v2/sessions/rotate',
    body: { token: TOKEN, auth_level: 3 },
    result: { session: SESSION, token: `${TOKEN}2` },
  },
  own: {
    call: (client) => client.own({ token: TOKEN, active: true, limit: 2, cursor: 'c' }),
    reply: answer(200, { ...page, current: ID }),
    line: 'POST /v2/sessions/own',
    body: { token: TOKEN, active: true, limit: 2, cursor: 'c' },
    result: { ...page, current: ID },
  },
  closeOwn: {
    call: (client) => client.closeOwn({ token: TOKEN, others: true }),
    reply: answer(200, { ids: ['x'], more: false }),
    line: 'POST /v2/sessions/own/close',
    body: { token: TOKEN, others: true },
    result: { ids: ['x'], more: false },
  },
  replaceData: {
    call: (client) => client.replaceData(ID, [1]),
    reply: found,
    line: `PUT /v2/sessions/${ID}/data`,
    body: [1],
    result: SESSION,
  },
  replaceUser: {
    call: (client) => client.replaceUser(ID, null),
    reply: found,
    line: `PUT /v2/sessions/${ID}/user`,
    body: null,
    result: SESSION,
  },
  patchData: {
    call: (client) => client.patchData(ID, { cart: null }),
    reply: found,
    line: `PATCH /v2/sessions/${ID}/data`,
    body: { cart: null },
    type: 'application/merge-patch+json',
    result: SESSION,
  },
  touch: { call: (client) => client.touch(ID), reply: found, line: `POST /v2/sessions/${ID}/touch`, result: SESSION },
  close: {
    call: (client) => client.close(ID, { reason: 'revoked' }),
    reply: answer(200, ENDED),
    line: `POST /v2/sessions/${ID}/close`,
    body: { reason: 'revoked' },
    result: ENDED,
  },
  'close without a reason': {
    call: (client) => client.close(ID),
    reply: answer(200, ENDED),
    line: `POST /v2/sessions/${ID}/close`,
    body: {},
    result: ENDED,
  },
  remove: { call: (client) => client.remove(ID), reply: found, line: `DELETE /v2/sessions/${ID}`, result: SESSION },
  closeMany: {
    call: (client) => client.closeMany({ filter: { user_id: '1' }, except: [ID], dry_run: true }),
    reply: answer(200, { ids: ['x'], more: false }),
    line: 'POST /v2/sessions/close',
    body: { filter: { user_id: '1' }, except: [ID], dry_run: true },
    result: { ids: ['x'], more: false },
  },
  keys: { call: (client) => client.keys(), reply: answer(200, keys), line: 'GET /v2/keys', result: keys },
  stats: { call: (client) => client.stats(), reply: answer(200, stats), line: 'GET /v2/stats', result: stats },
};

for (const [name, { call, reply, line, body, type = JSON_TYPE, result }] of Object.entries(CASES)) {
  test(`${name} sends ${line} with its body and key, and returns the result`, async () => {
    const { client, sent } = clientOf([reply]);
    assert.deepEqual(await call(client), result);
    assert.equal(sent.length, 1);
    const [request] = sent;
    assert.equal(`${request?.method} ${request?.path}`, line);
    assert.equal(request?.body, body === undefined ? null : JSON.stringify(body));
    const { authorization, accept, 'content-type': content_type } = request?.headers ?? {};
    assert.equal(authorization, `Bearer ${KEY}`);
    assert.equal(accept, 'application/json, application/problem+json');
    assert.equal(content_type, body === undefined ? undefined : type);
  });
}

test('without a key none is sent, and the path of a gateway is kept', async () => {
  const addresses: string[] = [];
  const fetch = async (url: string, { headers }: RequestInit) => {
    addresses.push(url);
    assert.equal(new Headers(headers).has('authorization'), false);
    return Response.json(SESSION);
  };
  await createSessionsClient({ url: 'https://gateway/sessions/', fetch }).get(ID);
  assert.deepEqual(addresses, [`https://gateway/sessions/v2/sessions/${ID}`]);
});

test('all iterates over every page, also empty ones, and requests pages lazily', async () => {
  const items = ['a', 'b', 'c'].map((id) => ({ ...SUMMARY, id }));
  const { client, sent } = clientOf([
    answer(200, { items: items.slice(0, 2), next_cursor: '1' }),
    answer(200, { items: [], next_cursor: '2' }),
    answer(200, { items: items.slice(2), next_cursor: null }),
  ]);
  const ids: string[] = [];
  for await (const { id } of client.all({ active: true, limit: 2 })) {
    ids.push(id);
    if (id === 'b') assert.equal(sent.length, 1);
  }
  assert.deepEqual(ids, ['a', 'b', 'c']);
  const paths = ['', '&cursor=1', '&cursor=2'].map((cursor) => `/v2/sessions?active=true&limit=2${cursor}`);
  assert.deepEqual(
    sent.map(({ path }) => path),
    paths,
  );
});

test('all rejects if a page names itself as the next one', async () => {
  const { client, sent } = clientOf([answer(200, { items: [], next_cursor: '1' })]);
  const readAll = async () => {
    for await (const { id } of client.all()) assert.fail(id);
  };
  await assert.rejects(readAll, { code: 'INVALID_RESPONSE' });
  assert.equal(sent.length, 2);
  const own = clientOf([answer(200, { items: [], next_cursor: '1', current: ID })]).client;
  assert.equal((await own.own({ token: TOKEN })).next_cursor, '1');
  await assert.rejects(own.own({ token: TOKEN, cursor: '1' }), { code: 'INVALID_RESPONSE' });
});

test('a missing session is null for get, and an error for changes', async () => {
  const { client } = clientOf([problem(404, 'SESSION_NOT_FOUND')]);
  assert.equal(await client.get(ID), null);
  const missing = { name: 'NotFoundError', code: 'SESSION_NOT_FOUND' };
  await assert.rejects(client.replaceData(ID, 1), missing);
  await assert.rejects(client.replaceUser(ID, 1), missing);
  await assert.rejects(client.patchData(ID, {}), missing);
  await assert.rejects(client.touch(ID), missing);
  await assert.rejects(client.close(ID), missing);
  await assert.rejects(client.remove(ID), missing);
});

test('a 404 for a wrong path is no missing session', async () => {
  const { client } = clientOf([problem(404, 'NOT_FOUND')]);
  await assert.rejects(client.get(ID), { name: 'NotFoundError', code: 'NOT_FOUND' });
});

test('read returns the live session of a token, else null, and rejects at a fault', async () => {
  const { client } = clientOf([
    answer(200, { active: true, session: SESSION, max_age: 60, age: 0 }),
    answer(200, { active: false, reason: 'unknown' }),
    answer(200, { active: false, reason: 'revoked' }),
    problem(401, 'UNAUTHORIZED'),
    problem(404, 'NOT_FOUND'),
    broken,
  ]);
  const reader: SessionReader = client;
  assert.deepEqual(await reader.read(TOKEN), SESSION);
  assert.equal(await reader.read(TOKEN), null);
  assert.equal(await reader.read(TOKEN), null);
  await assert.rejects(reader.read(TOKEN), { code: 'UNAUTHORIZED' });
  await assert.rejects(reader.read(TOKEN), { code: 'NOT_FOUND' });
  await assert.rejects(reader.read(TOKEN), { code: 'UNREACHABLE' });
});

test('if_match makes a write conditional, by the revision in quotes', async () => {
  const { client, sent } = clientOf([found]);
  await client.replaceData(ID, 1, { if_match: 7 });
  await client.replaceUser(ID, 1, { if_match: 0 });
  await client.patchData(ID, {}, { if_match: 8 });
  await client.patchData(ID, {});
  assert.deepEqual(
    sent.map(({ headers }) => headers['if-match']),
    ['"7"', '"0"', '"8"', undefined],
  );
});

test('a filter by an unknown user does not close the sessions of every user', async () => {
  const { client, sent } = clientOf([answer(200, { ids: [], more: false })]);
  const filter = Object.fromEntries([['user_id', undefined]]);
  await assert.rejects(client.closeMany({ filter }), { name: 'TypeError', message: /^filter\.user_id is undefined/ });
  assert.equal(sent.length, 0);
});

test('a value that is not JSON is rejected, and not stored as another value', async () => {
  const { client, sent } = clientOf([found]);
  await assert.rejects(client.replaceData(ID, undefined), TypeError);
  await assert.rejects(client.patchData(ID, 1n), TypeError);
  assert.equal(sent.length, 0);
});
