import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { after, type TestContext, test } from 'node:test';
import type { StoreReport } from '../shared/store-url.ts';
import { Databases, sessionOf } from './fixtures/database.ts';
import { SqliteStore } from './store.ts';

/** Simulates a full disk: the system limits the size of the files of this process. */

const databases = new Databases();
after(() => databases.remove());

const skip = process.platform === 'linux' ? false : 'only Linux can change the limits of a process that runs';
const UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };
const DATA = JSON.stringify('.'.repeat(1_000));
const PAGE = { skip: 0, take: 1, total: true };
const TRIES_MAX = 10_000;
const SESSIONS_MAX = 100_000;

function limitFiles(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

async function open(t: TestContext, wal_bytes_max: number) {
  const reports: StoreReport[] = [];
  const config = { ...databases.config(), wal_bytes_max };
  const store = new SqliteStore(config, undefined, (report) => reports.push(report));
  await store.open();
  t.after(async () => {
    limitFiles('unlimited');
    await store.close();
  });
  return { store, config, reports };
}

/** Inserts until an insert fails; returns how many succeeded. */
async function fill(store: SqliteStore, at_once = 8): Promise<number> {
  for (let count = 0; count < SESSIONS_MAX; ) {
    const ids = Array.from({ length: at_once }, (_, n) => `s${count + n}`);
    const inserts = await Promise.allSettled(ids.map((id) => store.insert(sessionOf(id, id, DATA), null, 0)));
    const failures = inserts.filter((insert) => insert.status === 'rejected');
    for (const { reason } of failures) assert.equal(reason.code, 'STORE_UNAVAILABLE');
    count += inserts.length - failures.length;
    if (failures.length > 0) return count;
  }
  throw new Error('The disk is never full.');
}

async function recovered(store: SqliteStore): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const isReady = await store.ping().then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('It does not recover.');
}

test('on a full disk reads work and writes fail, until there is space again', { skip }, async (t) => {
  const { store, reports } = await open(t, 100_000_000);
  limitFiles(500_000);
  const count = await fill(store, 1);
  assert.ok(count > 10, String(count));
  for (let n = 0; n < 3; n += 1) await assert.rejects(store.insert(sessionOf('x', 'x', DATA), null, 0), UNAVAILABLE);
  await assert.rejects(store.ping(), { ...UNAVAILABLE, message: /cannot be written to/ });
  assert.equal((await store.list({}, PAGE, 1)).total, count);
  assert.equal((await store.find('s0'))?.data, DATA);
  limitFiles('unlimited');
  await recovered(store);
  await store.insert(sessionOf('x', 'x', DATA), null, 0);
  assert.equal((await store.list({}, PAGE, 1)).total, count + 1);
  assert.deepEqual(
    reports.map(({ level }) => level),
    ['error', 'info'],
  );
});

test('a checkpoint that fails on a full disk is retried until it succeeds', {
  skip,
}, async (t) => {
  const { store, config, reports } = await open(t, 200_000);
  limitFiles(1_000_000);
  const count = await fill(store);
  // First the database could not grow any more, then the log.
  assert.ok(statSync(config.path).size <= 1_000_000 && count > 300, String(count));
  assert.match(JSON.stringify(reports), /write-ahead log was not moved/);
  limitFiles('unlimited');
  await recovered(store);
  await Promise.all(Array.from({ length: 300 }, (_, n) => store.insert(sessionOf(`t${n}`, 'user', DATA), null, 0)));
  assert.equal((await store.list({}, PAGE, 1)).total, count + 300);
  assert.ok(statSync(config.path).size > 1_000_000);
  assert.ok(statSync(`${config.path}-wal`).size < 2_000_000);
});

test('a store that is closed on a full disk loses no successful write', { skip }, async (t) => {
  const { store, config } = await open(t, 200_000);
  limitFiles(1_000_000);
  const count = await fill(store);
  await store.close();
  limitFiles('unlimited');
  const again = new SqliteStore(config);
  await again.open();
  assert.equal((await again.list({}, PAGE, 1)).total, count);
  await again.close();
});
