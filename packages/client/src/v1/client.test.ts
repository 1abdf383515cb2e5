import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, noContent, ORIGINAL_SESSION, scriptedService, text } from '../../test/scripted-service.ts';
import { SessionsServiceError } from '../transport/errors.ts';
import { createSessionsV1Client } from './client.ts';

const ID = ORIGINAL_SESSION.id;
const CLOSED = {
  ...ORIGINAL_SESSION,
  active: false,
  user: null,
  data: null,
  close_time: '2026-11-22T01:18:28.534Z',
};
const { user: _user, data: _data, ...SUMMARY } = ORIGINAL_SESSION;

test('each method sends its command with all properties, null for omitted ones', async (t) => {
  const { url, received } = await scriptedService(
    t,
    json(200, ORIGINAL_SESSION),
    json(200, { total: null, data: [] }),
    noContent,
  );
  const client = createSessionsV1Client({ url });
  await client.openSession(null, '1', 'U', undefined, 'c', undefined, { a: 1 });
  await client.getSessions(null);
  await client.getSessionById(null, ID);
  await client.storeSessionData(null, ID, 0);
  await client.updateSessionUser(null, ID, false);
  await client.closeSession(null, ID);
  await client.closeExpiredSessions(null);
  await client.deleteSessionById(null, ID);
  assert.deepEqual(
    received.map(({ method, path, body }) => [method, path, body]),
    [
      [
        'POST',
        '/v1/sessions/open_session',
        { user_id: '1', user_name: 'U', address: null, client: 'c', user: null, data: { a: 1 } },
      ],
      ['POST', '/v1/sessions/get_sessions', { filter: null, paging: null }],
      ['POST', '/v1/sessions/get_session_by_id', { session_id: ID }],
      ['POST', '/v1/sessions/store_session_data', { session_id: ID, data: 0 }],
      ['POST', '/v1/sessions/update_session_user', { session_id: ID, user: false }],
      ['POST', '/v1/sessions/close_session', { session_id: ID }],
      ['POST', '/v1/sessions/close_expired_sessions', {}],
      ['POST', '/v1/sessions/delete_session_by_id', { session_id: ID }],
    ],
  );
  assert.ok(received.every(({ headers }) => headers['content-type'] === 'application/json'));
});

test('a session of the original has dates, and no close_time while it is active', async (t) => {
  const { url } = await scriptedService(t, json(200, ORIGINAL_SESSION), json(200, CLOSED));
  const client = createSessionsV1Client({ url });
  const open = await client.openSession(null, '1');
  assert.deepEqual(open, {
    ...ORIGINAL_SESSION,
    open_time: new Date('2026-11-22T01:18:28.401Z'),
    request_time: new Date('2026-11-22T01:18:28.401Z'),
  });
  const closed = await client.closeSession(null, ID);
  assert.deepEqual(closed?.close_time, new Date('2026-11-22T01:18:28.534Z'));
  assert.equal(closed?.active, false);
});

test('a page of the original has no user and data, and a total on request', async (t) => {
  const { url, received } = await scriptedService(
    t,
    json(200, { total: 1002, data: [SUMMARY] }),
    json(200, { total: null, data: [] }),
  );
  const client = createSessionsV1Client({ url });
  const filter = { user_id: '1', active: true, from_time: new Date('2026-01-01T00:00:00Z') };
  const page = await client.getSessions(null, filter, { skip: 0, take: 1, total: true });
  assert.equal(page.total, 1002);
  assert.deepEqual(Object.keys(page.data[0] ?? {}).sort(), Object.keys(SUMMARY).sort());
  assert.deepEqual(received[0]?.body, {
    filter: { user_id: '1', active: true, from_time: '2026-01-01T00:00:00.000Z' },
    paging: { skip: 0, take: 1, total: true },
  });
  assert.deepEqual(await client.getSessions(null), { total: null, data: [] });
});

for (const [answer, reply] of Object.entries({
  '204': noContent,
  'an empty body': text(200, ''),
  null: text(200, 'null'),
})) {
  test(`a missing session is null, also if the service responds with ${answer}`, async (t) => {
    const { url } = await scriptedService(t, reply);
    const client = createSessionsV1Client({ url });
    assert.equal(await client.getSessionById(null, ID), null);
    assert.equal(await client.closeSession(null, ID), null);
    assert.equal(await client.closeExpiredSessions(null), undefined);
  });
}

test('an open response with null is an error', async (t) => {
  const { url } = await scriptedService(t, noContent);
  await assert.rejects(createSessionsV1Client({ url }).openSession(null, '1'), { code: 'INVALID_RESPONSE' });
});

test("an error has all properties of the service's error", async (t) => {
  const body = {
    code: 'SESSION_CLOSED',
    category: 'Conflict',
    status: 409,
    message: 'The session has ended.',
    details: { member: 'data' },
    correlation_id: '123',
  };
  const { url } = await scriptedService(t, json(409, body));
  await assert.rejects(createSessionsV1Client({ url }).storeSessionData('123', ID, 1), (error: unknown) => {
    assert.ok(error instanceof SessionsServiceError);
    const { code, category, status, message, details, correlation_id, command } = error;
    assert.deepEqual({ code, category, status, message, details, correlation_id }, body);
    assert.equal(command, 'store_session_data');
    return true;
  });
});

test('errors of the original and of its framework are understood', async (t) => {
  const message = 'Validation failed: user_id must not be null';
  const invalid = {
    code: 'INVALID_DATA',
    status: 400,
    message,
    name: 'INVALID_DATA',
    stack: '',
    category: 'BadRequest',
  };
  const { url } = await scriptedService(
    t,
    json(400, invalid),
    json(404, { code: 'ResourceNotFound', message: '/v1/sessions/nothing does not exist' }),
    json(405, { code: 'MethodNotAllowed', message: 'GET is not allowed' }),
    json(500, { message: 'oops' }),
  );
  const client = createSessionsV1Client({ url });
  const ask = () => client.getSessionById(null, ID);
  await assert.rejects(ask, { code: 'INVALID_DATA', category: 'BadRequest', status: 400, message });
  await assert.rejects(ask, { code: 'ResourceNotFound', category: 'NotFound', status: 404 });
  await assert.rejects(ask, { code: 'MethodNotAllowed', category: 'BadRequest', status: 405 });
  await assert.rejects(ask, { code: 'UNKNOWN', category: 'Unknown', status: 500, message: 'oops' });
});

for (const place of ['query', 'headers', 'both'] as const) {
  test(`the correlation id is sent by ${place}`, async (t) => {
    const { url, received } = await scriptedService(t, noContent);
    const client = createSessionsV1Client({ url, correlation_id: place });
    for (const correlationId of ['a b&c', 'größe', null, '']) await client.getSessionById(correlationId, ID);
    const queries = received.map(({ query }) => query.get('correlation_id'));
    const headers = received.map(({ headers: { correlation_id } }) => correlation_id);
    const none = [null, null, null, null];
    assert.deepEqual(queries, place === 'headers' ? none : ['a b&c', 'größe', null, null]);
    const inHeaders = ['a b&c', 'gr%C3%B6%C3%9Fe', undefined, undefined];
    assert.deepEqual(headers, place === 'query' ? none.map(() => undefined) : inHeaders);
  });
}

test('a base path, another route and headers of the application go with every request', async (t) => {
  const { url, received } = await scriptedService(t, noContent);
  const headers = { Authorization: 'Bearer key', 'Content-Type': 'text/plain' };
  const client = createSessionsV1Client({ url: `${url}/gateway/`, base_route: '/v9/sessions/', headers });
  await client.closeExpiredSessions(null);
  assert.equal(received[0]?.path, '/gateway/v9/sessions/close_expired_sessions');
  assert.equal(received[0]?.headers.authorization, 'Bearer key');
  assert.equal(received[0]?.headers['content-type'], 'application/json');
});
