import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionsNullClientV1 } from './sessions-null-client-v1.ts';

test('a null client responds as a service without sessions', async () => {
  const client = new SessionsNullClientV1();
  await client.open(null);
  assert.equal(client.isOpen(), true);
  const session = await client.openSession('123', '1', 'User 1', 'localhost', 'test', 'abc', 0);
  const { id, open_time, request_time, ...rest } = session;
  assert.ok(id.length > 0);
  assert.deepEqual(open_time, request_time);
  assert.deepEqual(rest, {
    user_id: '1',
    user_name: 'User 1',
    active: true,
    address: 'localhost',
    client: 'test',
    user: 'abc',
    data: 0,
  });
  assert.equal(await client.getSessionById(), null);
  assert.equal(await client.storeSessionData(), null);
  assert.equal(await client.updateSessionUser(), null);
  assert.equal(await client.closeSession(), null);
  assert.equal(await client.deleteSessionById(), null);
  assert.equal(await client.closeExpiredSessions(), undefined);
  assert.deepEqual(await client.getSessions(null), { total: null, data: [] });
  assert.deepEqual(await client.getSessions(null, null, { total: true }), { total: 0, data: [] });
});
