import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BadRequestException,
  ConfigParams,
  ConflictException,
  ConnectionException,
  FilterParams,
  InvalidStateException,
  InvocationException,
  PagingParams,
  UnknownException,
} from 'pip-services3-commons-nodex';
import {
  json,
  noContent,
  ORIGINAL_SESSION,
  refusedPort,
  scriptedService,
  text,
} from '../../client/test/scripted-service.ts';
import { SessionsHttpClientV1 } from './sessions-http-client-v1.ts';

const ID = ORIGINAL_SESSION.id;

async function openClient(port: number, ...tuples: unknown[]): Promise<SessionsHttpClientV1> {
  const client = new SessionsHttpClientV1();
  const connection = ['connection.protocol', 'http', 'connection.host', '127.0.0.1', 'connection.port', port];
  client.configure(ConfigParams.fromTuples(...connection, ...tuples));
  await client.open(null);
  return client;
}

test('a Pip.Services application opens a session and reads it', async (t) => {
  const { port, received } = await scriptedService(t, json(200, ORIGINAL_SESSION));
  const client = await openClient(port);
  const session1 = await client.openSession('123', '1', 'User 1', 'localhost', 'test', 'abc');
  assert.deepEqual(session1.open_time, new Date(ORIGINAL_SESSION.open_time));
  assert.equal((await client.getSessionById(null, session1.id))?.id, ID);
  const body = { user_id: '1', user_name: 'User 1', address: 'localhost', client: 'test', user: 'abc', data: null };
  assert.deepEqual(received[0]?.body, body);
  assert.equal(received[0]?.query.get('correlation_id'), '123');
});

test('every method sends its command', async (t) => {
  const { port, received } = await scriptedService(t, noContent);
  const client = await openClient(port);
  assert.equal(await client.storeSessionData(null, ID, 1), null);
  assert.equal(await client.updateSessionUser(null, ID, 1), null);
  assert.equal(await client.closeSession(null, ID), null);
  assert.equal(await client.closeExpiredSessions(null), undefined);
  assert.equal(await client.deleteSessionById(null, ID), null);
  const commands = [
    'store_session_data',
    'update_session_user',
    'close_session',
    'close_expired_sessions',
    'delete_session_by_id',
  ];
  assert.deepEqual(
    received.map(({ path }) => path.replace('/v1/sessions/', '')),
    commands,
  );
});

test('FilterParams and PagingParams are sent as the toolkit sends them', async (t) => {
  const { port, received } = await scriptedService(t, json(200, { total: 0, data: [] }));
  const client = await openClient(port);
  const filter = FilterParams.fromTuples('user_id', 1, 'active', true);
  assert.deepEqual(await client.getSessions('123', filter, new PagingParams(0, 10, true)), { total: 0, data: [] });
  assert.deepEqual(received[0]?.body, {
    filter: { user_id: '1', active: 'true' },
    paging: { skip: 0, take: 10, total: true },
  });
});

test('an exception has the class of its category, and all properties of the error', async (t) => {
  const closed = { code: 'SESSION_CLOSED', category: 'Conflict', status: 409, message: 'Ended.', details: { a: 1 } };
  const { port } = await scriptedService(
    t,
    json(409, { ...closed, correlation_id: '9' }),
    json(500, { code: 'INVALID_DATA', category: 'BadRequest', message: 'Validation failed' }),
    json(418, { code: 'TEAPOT', category: 'Kitchen', message: 'short and stout' }),
  );
  const client = await openClient(port);
  await assert.rejects(client.storeSessionData('123', ID, 1), (error: unknown) => {
    assert.ok(error instanceof ConflictException);
    const { code, category, status, message, details, correlation_id } = error;
    assert.deepEqual({ code, category, status, message, details }, closed);
    assert.equal(correlation_id, '9');
    return true;
  });
  await assert.rejects(client.getSessionById('123', ID), (error: unknown) => {
    assert.ok(error instanceof BadRequestException);
    assert.equal(error.correlation_id, '123');
    return true;
  });
  await assert.rejects(client.getSessionById(null, ID), (error: unknown) => {
    assert.ok(error instanceof UnknownException);
    assert.deepEqual([error.code, error.message, error.status], ['TEAPOT', 'short and stout', 418]);
    return true;
  });
});

test('an unavailable service causes a ConnectionException without a long wait', async () => {
  const client = await openClient(await refusedPort());
  await assert.rejects(client.openSession('123', '1'), (error: unknown) => {
    assert.ok(error instanceof ConnectionException);
    assert.deepEqual([error.code, error.correlation_id], ['UNREACHABLE', '123']);
    assert.equal(error.details.getAsString('command'), 'open_session');
    return true;
  });
});

test('a response of another server causes an InvocationException', async (t) => {
  const { port } = await scriptedService(t, text(200, '<html>'));
  const client = await openClient(port);
  await assert.rejects(client.getSessionById(null, ID), (error: unknown) => {
    assert.ok(error instanceof InvocationException);
    assert.equal(error.code, 'INVALID_RESPONSE');
    return true;
  });
});

test('calls before open and after close reject', async (t) => {
  const { port } = await scriptedService(t, noContent);
  const isRefused = (error: unknown) => error instanceof InvalidStateException && error.code === 'NOT_OPENED';
  await assert.rejects(new SessionsHttpClientV1().getSessionById(null, ID), isRefused);
  const client = await openClient(port);
  assert.equal(client.isOpen(), true);
  await client.close(null);
  assert.equal(client.isOpen(), false);
  await assert.rejects(client.getSessionById(null, ID), isRefused);
  await client.open(null);
  assert.equal(await client.getSessionById(null, ID), null);
});

test('the options of the configuration take effect', async (t) => {
  const { port, received } = await scriptedService(t, text(503, ''));
  const options = ['options.retries', 1, 'options.correlation_id', 'headers', 'base_route', 'v1/other'];
  const client = await openClient(port, ...options);
  await assert.rejects(client.getSessionById('123', ID), ConnectionException);
  assert.equal(received.length, 2);
  assert.equal(received[0]?.path, '/v1/other/get_session_by_id');
  const { correlation_id } = received[0]?.headers ?? {};
  assert.equal(correlation_id, '123');
});
