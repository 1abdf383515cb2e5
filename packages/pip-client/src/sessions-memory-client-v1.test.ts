import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BadRequestException,
  ConfigParams,
  ConflictException,
  FilterParams,
  InvalidStateException,
  PagingParams,
} from 'pip-services3-commons-nodex';
import { SessionsMemoryClientV1 } from './sessions-memory-client-v1.ts';

const START = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;

function startAt(time = START) {
  const clock = { now: time };
  return { clock, client: new SessionsMemoryClientV1(() => clock.now) };
}

function isClosed(error: unknown): boolean {
  return error instanceof ConflictException && error.code === 'SESSION_CLOSED';
}

test('a session is opened, changed, closed and deleted', async () => {
  const { clock, client } = startAt();
  const opened = await client.openSession('123', '1', 'User 1', 'localhost', 'test', 'abc');
  assert.deepEqual(await client.getSessionById(null, opened.id), opened);
  clock.now += 10;
  const stored = await client.storeSessionData(null, opened.id, { a: 1 });
  assert.deepEqual(stored, { ...opened, data: { a: 1 }, request_time: new Date(START + 10) });
  clock.now += 10;
  const close_time = new Date(START + 20);
  const closed = { ...opened, active: false, user: null, data: null, request_time: close_time, close_time };
  assert.deepEqual(await client.closeSession(null, opened.id), closed);
  assert.deepEqual(await client.deleteSessionById(null, opened.id), closed);
  assert.equal(await client.getSessionById(null, opened.id), null);
});

test('a missing session is null for every method', async () => {
  const { client } = startAt();
  assert.equal(await client.getSessionById(null, 'x'), null);
  assert.equal(await client.storeSessionData(null, 'x', 1), null);
  assert.equal(await client.updateSessionUser(null, 'x', 1), null);
  assert.equal(await client.closeSession(null, 'x'), null);
  assert.equal(await client.deleteSessionById(null, 'x'), null);
});

test('closing again does not move close_time', async () => {
  const { clock, client } = startAt();
  const { id } = await client.openSession(null, '1');
  const first = await client.closeSession(null, id);
  clock.now += 10;
  assert.deepEqual(await client.closeSession(null, id), first);
});

test('a closed session is not changed', async () => {
  const { client } = startAt();
  const { id } = await client.openSession(null, '1');
  const closed = await client.closeSession(null, id);
  await assert.rejects(client.storeSessionData(null, id, 1), isClosed);
  await assert.rejects(client.updateSessionUser(null, id, 1), isClosed);
  assert.deepEqual(await client.getSessionById(null, id), closed);
});

test('a session past its timeout is closed at its deadline, swept or not', async () => {
  const { clock, client } = startAt();
  const { id } = await client.openSession(null, '1', null, null, null, 'u', 'd');
  clock.now += DAY_MS - 1;
  assert.equal((await client.getSessionById(null, id))?.active, true);
  clock.now += 1;
  const expired = await client.getSessionById(null, id);
  assert.deepEqual([expired?.active, expired?.close_time, expired?.data], [false, new Date(START + DAY_MS), null]);
  assert.deepEqual(expired?.request_time, new Date(START), 'the last activity is kept');
  assert.equal((await client.getSessions(null, { active: true })).data.length, 0);
  await assert.rejects(client.storeSessionData(null, id, 1), isClosed);
  clock.now += 10;
  await client.closeExpiredSessions(null);
  assert.deepEqual(await client.getSessionById(null, id), expired);
});

test('any JSON value is stored, and results share no object', async () => {
  const { client } = startAt();
  for (const value of [0, false, '', [], { a: [1] }]) {
    const { id, user, data } = await client.openSession(null, '1', null, null, null, value, value);
    assert.deepEqual([user, data], [value, value]);
    assert.deepEqual((await client.storeSessionData(null, id, value))?.data, value);
  }
  const given = { cart: ['apple'] };
  const { id, open_time, data } = await client.openSession(null, '1', null, null, null, null, given);
  given.cart.push('pear');
  (data as typeof given).cart.push('plum');
  open_time.setTime(0);
  const read = await client.getSessionById(null, id);
  assert.deepEqual([read?.data, read?.open_time], [{ cart: ['apple'] }, new Date(START)]);
});

test('arguments that the service rejects are rejected', async () => {
  const { client } = startAt();
  const { id } = await client.openSession(null, '1');
  const isInvalid = (error: unknown) => error instanceof BadRequestException && error.code === 'INVALID_DATA';
  await assert.rejects(client.openSession(null, ''), isInvalid);
  await assert.rejects(client.getSessionById(null, ''), isInvalid);
  await assert.rejects(client.storeSessionData(null, id, null), isInvalid);
  await assert.rejects(client.updateSessionUser(null, id, undefined), isInvalid);
});

test('a list filters by id, user, activity and time, and leaves out user and data', async () => {
  const { clock, client } = startAt();
  const ids: string[] = [];
  for (const user of ['a', 'b', 'a']) {
    ids.push((await client.openSession(null, user)).id);
    clock.now += 1000;
  }
  const [oldest = '', middle = '', newest = ''] = ids;
  await client.closeSession(null, newest);
  const found = async (...filter: unknown[]) =>
    (await client.getSessions(null, FilterParams.fromTuples(...filter))).data.map(({ id }) => id);
  assert.deepEqual(await found(), [newest, middle, oldest]);
  assert.deepEqual(await found('id', middle), [middle]);
  assert.deepEqual(await found('user_id', 'a'), [newest, oldest]);
  assert.deepEqual(await found('active', 'yes'), [middle, oldest]);
  assert.deepEqual(await found('from_time', new Date(START + 1000), 'to_time', new Date(START + 3000)), [middle]);
  assert.deepEqual(await found('from_time', 'soon', 'colour', 'red'), [newest, middle, oldest]);
  const [summary] = (await client.getSessions(null)).data;
  assert.ok(summary && !('user' in summary) && !('data' in summary));
});

test('pages are stable and bounded, and count only when asked', async () => {
  const { client } = startAt();
  for (let index = 0; index < 120; index += 1) await client.openSession(null, '1');
  const page = async (paging: PagingParams | null) =>
    (await client.getSessions(null, null, paging)).data.map(({ id }) => id);
  const all = [...(await page(null)), ...(await page(new PagingParams(100)))];
  assert.equal(new Set(all).size, 120);
  assert.deepEqual(all, all.toSorted(), 'at the same time, by id');
  assert.equal((await page(new PagingParams(0, 1000))).length, 100);
  assert.equal((await page(new PagingParams(-5, 0))).length, 100);
  assert.equal((await page(new PagingParams(0, -1))).length, 0);
  assert.deepEqual(await page(new PagingParams(10, 2)), all.slice(10, 12));
  assert.equal((await client.getSessions(null, null, { take: 1 })).total, null);
  assert.equal((await client.getSessions(null, null, { take: 1, total: true })).total, 120);
});

test('beyond options.max_sessions, openSession rejects until some are deleted', async () => {
  const { client } = startAt();
  client.configure(ConfigParams.fromTuples('options.max_sessions', 1));
  const { id } = await client.openSession(null, '1');
  const isFull = (error: unknown) =>
    error instanceof InvalidStateException && /options\.max_sessions/.test(error.message);
  await assert.rejects(client.openSession(null, '1'), isFull);
  await client.deleteSessionById(null, id);
  await client.openSession(null, '1');
  await client.clear(null);
  await client.openSession(null, '1');
});
