import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigParams, FilterParams, PagingParams } from 'pip-services3-commons-nodex';
import { ManualClock } from '../../../service/src/domain/time/clock.ts';
import { SessionsMemoryPersistence } from './memory-persistence.ts';

test('an application can create, read, list and delete sessions in its tests', async () => {
  const clock = new ManualClock();
  const persistence = new SessionsMemoryPersistence(clock);
  await persistence.open(null);
  const seeded = await persistence.create(null, { id: 'a', user_id: '1', user: { name: 'x' }, data: false });
  assert.deepEqual(seeded.open_time, new Date(clock.now()));
  assert.equal(seeded.data, false);
  await persistence.create(null, { user_id: '2' });
  assert.deepEqual(await persistence.getOneById(null, 'a'), seeded);
  const page = await persistence.getPageByFilter(
    null,
    FilterParams.fromTuples('user_id', '1'),
    new PagingParams(0, 5, true),
  );
  assert.equal(page.total, 1);
  assert.equal(page.data[0]?.id, 'a');
  assert.equal((await persistence.deleteById(null, 'a'))?.id, 'a');
  assert.equal(await persistence.getOneById(null, 'a'), null);
});

test('creating a session with an existing id is a conflict', async () => {
  const persistence = new SessionsMemoryPersistence();
  await persistence.create(null, { id: 'a', user_id: '1' });
  await assert.rejects(persistence.create('123', { id: 'a', user_id: '2' }), {
    code: 'ID_TAKEN',
    category: 'Conflict',
    status: 409,
    correlation_id: '123',
  });
});

test('a session that API v1 would reject cannot be created either', async () => {
  const persistence = new SessionsMemoryPersistence();
  for (const seed of [
    { user_id: '' },
    { user_id: 'x'.repeat(4097) },
    { user_id: '1', id: '' },
    { user_id: '1', id: 'a\0' },
    { user_id: '1', client: '\ud800' },
  ]) {
    const refused = { code: 'INVALID_DATA', category: 'BadRequest' };
    await assert.rejects(persistence.create(null, seed), refused, JSON.stringify(seed));
  }
});

test('clear deletes every session, also more than one batch', async () => {
  const persistence = new SessionsMemoryPersistence();
  await Promise.all(Array.from({ length: 1200 }, () => persistence.create(null, { user_id: '1' })));
  await persistence.clear(null);
  assert.equal((await persistence.getPageByFilter(null, null, new PagingParams(0, 1, true))).total, 0);
});

test('options.max_page_size limits a page', async () => {
  const persistence = new SessionsMemoryPersistence();
  persistence.configure(ConfigParams.fromTuples('options.max_page_size', 2));
  await Promise.all(['1', '2', '3'].map((user_id) => persistence.create(null, { user_id })));
  assert.equal((await persistence.getPageByFilter(null, null, new PagingParams(0, 100))).data.length, 2);
});

test('a bad page size is rejected with its key', () => {
  const config = ConfigParams.fromTuples('options.max_page_size', 'many');
  assert.throws(() => new SessionsMemoryPersistence().configure(config), {
    category: 'Misconfiguration',
    message: /options\.max_page_size .*"many"/,
  });
});
