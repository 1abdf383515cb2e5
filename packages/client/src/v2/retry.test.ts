import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  broken,
  clientOf,
  ID,
  problem,
  type Reply,
  refused,
  SESSION,
  TOKEN,
  text,
} from '../fixtures/scripted-fetch.ts';
import type { SessionsClient } from '../index.ts';

const found = answer(200, SESSION);
const opened = answer(201, { session: SESSION, token: TOKEN, evicted: [] });

/** The outcome of a call whose first attempt ends like this. A second attempt would succeed. */
async function attemptsAfter(end: Reply, then: Reply, call: (client: SessionsClient) => Promise<unknown>) {
  const { client, sent } = clientOf([end, then]);
  const ended = await call(client).then(
    () => 'answered',
    () => 'rejected',
  );
  return `${ended} after ${sent.length}`;
}

const SAFE: Readonly<Record<string, [(client: SessionsClient) => Promise<unknown>, Reply]>> = {
  open: [(client) => client.open({ user_id: '1' }), opened],
  get: [(client) => client.get(ID), found],
  list: [(client) => client.list(), answer(200, { items: [], next_cursor: null })],
  count: [(client) => client.count(), answer(200, { items: [], next_cursor: null, total: 0 })],
  validate: [(client) => client.validate(TOKEN), answer(200, { active: false, reason: 'unknown' })],
  read: [(client) => client.read(TOKEN), answer(200, { active: false, reason: 'unknown' })],
  rotate: [(client) => client.rotate({ token: TOKEN }), answer(200, { session: SESSION, token: TOKEN })],
  own: [(client) => client.own({ token: TOKEN }), answer(200, { items: [], next_cursor: null, current: ID })],
  closeOwn: [(client) => client.closeOwn({ token: TOKEN, others: true }), answer(200, { ids: [], more: false })],
  replaceData: [(client) => client.replaceData(ID, 1), found],
  replaceUser: [(client) => client.replaceUser(ID, 1), found],
  patchData: [(client) => client.patchData(ID, {}), found],
  touch: [(client) => client.touch(ID), found],
  close: [(client) => client.close(ID), found],
  closeMany: [(client) => client.closeMany({ filter: {} }), answer(200, { ids: [], more: false })],
  keys: [(client) => client.keys(), answer(200, { since: '', items: [] })],
  stats: [(client) => client.stats(), answer(200, { live: 0, opened: 0, closed: {}, hours: [], sweep: null })],
};

const ONCE: Readonly<Record<string, [(client: SessionsClient) => Promise<unknown>, Reply]>> = {
  remove: [(client) => client.remove(ID), found],
  'replaceData with if_match': [(client) => client.replaceData(ID, 1, { if_match: 7 }), found],
  'replaceUser with if_match': [(client) => client.replaceUser(ID, 1, { if_match: 7 }), found],
  'patchData with if_match': [(client) => client.patchData(ID, {}, { if_match: 7 }), found],
};

const UNKNOWN: Readonly<Record<string, Reply>> = { reset: broken, 502: text(502, '<html>'), 504: text(504, '') };
const TURNED_AWAY: Readonly<Record<string, Reply>> = {
  503: problem(503, 'STORE_UNAVAILABLE'),
  429: problem(429, 'TOO_MANY_REQUESTS'),
  '503 of a gateway': text(503, '<html>'),
  '429 of a gateway': text(429, 'slow down'),
};

for (const [name, [call, then]] of Object.entries(SAFE)) {
  test(`${name} is repeated while the service is unavailable for a moment`, async () => {
    for (const [end, reply] of Object.entries({ ...UNKNOWN, ...TURNED_AWAY })) {
      assert.equal(await attemptsAfter(reply, then, call), 'answered after 2', end);
    }
  });
}

for (const [name, [call, then]] of Object.entries(ONCE)) {
  test(`${name} is repeated only if it was certainly not carried out`, async () => {
    for (const [end, reply] of Object.entries(UNKNOWN)) {
      assert.equal(await attemptsAfter(reply, then, call), 'rejected after 1', end);
    }
    for (const [end, reply] of Object.entries(TURNED_AWAY)) {
      assert.equal(await attemptsAfter(reply, then, call), 'answered after 2', end);
    }
  });
}

test('a final error and a refused connection are not repeated', async () => {
  const lasting = [
    problem(500, 'INTERNAL'),
    problem(409, 'SESSION_CLOSED'),
    problem(412, 'REVISION_CONFLICT'),
    refused,
  ];
  for (const end of lasting) {
    assert.equal(await attemptsAfter(end, found, (client) => client.touch(ID)), 'rejected after 1');
  }
});

test('attempts are bounded, wait longer each time, and end with the last error', async () => {
  const { client, sent, waits } = clientOf([broken, broken, broken, problem(503, 'STORE_UNAVAILABLE')]);
  await assert.rejects(client.get(ID), { name: 'ServiceUnavailableError' });
  assert.equal(sent.length, 4);
  assert.deepEqual(waits, [100, 200, 400]);
});

test('Retry-After delays the next attempt, or ends the call if it is too long', async () => {
  const later = (seconds: string) => problem(429, 'TOO_MANY_REQUESTS', {}, { 'retry-after': seconds });
  const patient = clientOf([later('2'), found]);
  await patient.client.get(ID);
  assert.deepEqual(patient.waits, [2_000]);
  const hurried = clientOf([later('60'), found]);
  await assert.rejects(hurried.client.get(ID), { name: 'TooManyRequestsError', retry_after_ms: 60_000 });
  assert.deepEqual([hurried.sent.length, hurried.waits], [1, []]);
});
