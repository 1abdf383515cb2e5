import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { copyFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { after, type TestContext, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import type { SessionChange } from '../../domain/changes.ts';
import { asJsonText } from '../../domain/json.ts';
import type { StoreReport } from '../shared/store-url.ts';
import type { SqliteStoreConfig } from './config.ts';
import { Databases, sessionOf } from './fixtures/database.ts';
import { SqliteStore } from './store.ts';

/** Faults of the files, of the disk and of the writer thread: each is a 503, and none ends the process. */

const databases = new Databases();
after(() => databases.remove());

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };
/** Turns of the event loop, each at least one millisecond: the limit of every wait in these tests. */
const TURNS_MAX = 10_000;

interface Opened {
  readonly store: SqliteStore;
  readonly config: SqliteStoreConfig;
  readonly reports: StoreReport[];
  /** The threads that the store has started. */
  readonly threads: Worker[];
}

async function open(t: TestContext, config = databases.config()): Promise<Opened> {
  const reports: StoreReport[] = [];
  const threads: Worker[] = [];
  const started = (message: unknown) => threads.push((message as { readonly worker: Worker }).worker);
  subscribe('worker_threads', started);
  t.after(() => unsubscribe('worker_threads', started));
  const store = new SqliteStore(config, undefined, (report) => reports.push(report));
  await store.open();
  t.after(() => store.close());
  return { store, config, reports, threads };
}

/** Retries until the call succeeds. */
async function recovered(call: () => Promise<unknown>): Promise<void> {
  for (let turns = 0; ; turns += 1) {
    try {
      await call();
      return;
    } catch (error) {
      if (turns === TURNS_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

function levels(reports: readonly StoreReport[]): string[] {
  return reports.map(({ level }) => level);
}

test('a deleted database rejects writes, and its sessions can still be read', async (t) => {
  for (const suffix of ['', '-wal', '-shm']) {
    const { store, config, reports } = await open(t);
    await store.insert(sessionOf('before'), null, 0);
    rmSync(config.path + suffix);
    await assert.rejects(store.insert(sessionOf('after'), null, 0), { ...UNAVAILABLE, message: /was deleted/ });
    await assert.rejects(store.ping(), { ...UNAVAILABLE, message: /cannot be written to/ });
    await assert.rejects(store.insert(sessionOf('after'), null, 0), UNAVAILABLE);
    assert.equal((await store.find('before'))?.id, 'before');
    assert.deepEqual(levels(reports), ['error']);
    await store.close();
  }
});

test('a database that was moved away takes writes again when it is back', async (t) => {
  const { store, config, reports } = await open(t);
  await store.insert(sessionOf('before'), null, 0);
  renameSync(config.path, `${config.path}.away`);
  await assert.rejects(store.insert(sessionOf('lost'), null, 0), UNAVAILABLE);
  renameSync(`${config.path}.away`, config.path);
  await recovered(() => store.ping());
  assert.deepEqual(levels(reports), ['error', 'info']);
  await store.insert(sessionOf('after'), null, 0);
  assert.equal(await store.find('lost'), null);
});

test('a database that is replaced while the service runs is not written to', async (t) => {
  const { store, config } = await open(t);
  await store.insert(sessionOf('before'), null, 0);
  copyFileSync(config.path, `${config.path}.copy`);
  renameSync(`${config.path}.copy`, config.path);
  await assert.rejects(store.insert(sessionOf('after'), null, 0), { ...UNAVAILABLE, message: /was replaced/ });
});

test('a database truncated while the service runs fails calls, not the process', async (t) => {
  const { store: first, config } = await open(t);
  const data = JSON.stringify('.'.repeat(1_000));
  await Promise.all(Array.from({ length: 200 }, (_, n) => first.insert(sessionOf(`s${n}`, 'user', data), null, 0)));
  await first.close();
  const { store } = await open(t, config);
  truncateSync(config.path, 8_192);
  for (let n = 0; n < 200; n += 1) {
    const found = await store.find(`s${n}`).catch((error) => error.code);
    assert.ok(found === 'STORE_UNAVAILABLE' || found?.id === `s${n}`);
  }
  await assert.rejects(store.insert(sessionOf('after'), null, 0), { ...UNAVAILABLE, message: /was cut off/ });
  truncateSync(config.path, 1_000_000);
  await assert.rejects(store.insert(sessionOf('after'), null, 0), { ...UNAVAILABLE, message: /was cut off/ });
  await store.close();
});

test('a log truncated while the service runs fails its reads, and checkpoints recover', async (t) => {
  const config = { ...databases.config(), wal_bytes_max: 100_000, session_cache_bytes: 0 };
  const { store, reports } = await open(t, config);
  await store.insert(sessionOf('before'), null, 0);
  truncateSync(`${config.path}-wal`, 0);
  const inserts = Array.from({ length: 60 }, (_, n) => store.insert(sessionOf(`s${n}`), null, 0));
  const settled = await Promise.allSettled(inserts);
  for (const { status, reason } of settled as PromiseRejectedResult[]) {
    if (status === 'rejected') assert.equal(reason.code, 'STORE_UNAVAILABLE', reason.stack);
  }
  for (let n = 0; n < 60; n += 1) await store.find(`s${n}`).catch(() => {});
  assert.ok(levels(reports).every((level) => level === 'error'));
  await store.close();
});

test('when the writer thread ends, another one starts and a gap is published', async (t) => {
  const { store, reports, threads } = await open(t);
  const changes: SessionChange[] = [];
  store.watch((change) => changes.push(change));
  await store.insert(sessionOf('before'), null, 0);
  await store.find('before');
  const inFlight = store.update('before', { type: 'replace', member: 'data', value: asJsonText('1') }, 1);
  const settled = inFlight.catch((error) => error.code);
  await threads[0]?.terminate();
  assert.ok(['STORE_UNAVAILABLE'].includes(await settled) || (await inFlight));
  await assert.rejects(store.insert(sessionOf('meanwhile'), null, 0), UNAVAILABLE);
  assert.equal((await store.find('before'))?.id, 'before');
  await recovered(() => store.insert(sessionOf('after'), null, 0));
  await store.ping();
  assert.ok(changes.some(({ type }) => type === 'gap'));
  assert.deepEqual(levels(reports), ['error', 'info']);
  assert.equal(threads.length, 2);
});

test('no new thread starts on replaced files, and close does not wait for one', async (t) => {
  const { store, config, threads } = await open(t);
  await store.insert(sessionOf('before'), null, 0);
  renameSync(config.path, `${config.path}.away`);
  copyFileSync(`${config.path}.away`, config.path);
  await threads[0]?.terminate();
  await recovered(() => assert.rejects(store.ping(), { ...UNAVAILABLE, message: /was replaced/ }));
  renameSync(`${config.path}.away`, config.path);
  await recovered(() => store.insert(sessionOf('after'), null, 0));
  assert.equal(threads.length, 2);
  renameSync(config.path, `${config.path}.away`);
  await threads[1]?.terminate();
  await store.close();
});
