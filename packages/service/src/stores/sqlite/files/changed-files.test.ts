import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { until } from '../../../../../../testing/until.ts';
import { asJsonText } from '../../../domain/json.ts';
import type { SqliteStoreConfig } from '../config.ts';
import { connect } from '../connection.ts';
import { Databases, sessionOf, write } from '../fixtures/database.ts';
import { mockFilesClock, openStore } from '../fixtures/opened.ts';
import { SqliteStore } from '../store.ts';

/**
 * Changes that an operator makes to the files while the service runs: no successful write is lost, and no two files
 * mix.
 */

const databases = new Databases();
after(() => databases.remove());

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };
const UNUSABLE = { code: 'STORE_UNUSABLE' };
const VALUE = asJsonText('"of the backup"');

/** Runs the checks of the files until something is reported. */
async function reported(tick: () => void, reports: readonly unknown[]): Promise<void> {
  await until(async () => {
    tick();
    return reports.length > 0;
  });
}

/** A backup of a store in which "closed" is still open; then the store continues. */
async function withBackup(t: TestContext) {
  const config = databases.config();
  await write(config, [sessionOf('closed'), sessionOf('kept', 'user', VALUE)]);
  const backup = `${config.path}.backup`;
  copyFileSync(config.path, backup);
  const opened = await openStore(t, config);
  await opened.store.update('closed', { type: 'close', reason: 'closed' }, 1);
  await opened.store.insert(sessionOf('after'), null, 0);
  return { ...opened, backup };
}

/** Overwrites in place, as `cp` does: the inode stays the same. */
function overwrite(path: string, from: string): void {
  writeFileSync(path, readFileSync(from));
}

async function idsOf(config: SqliteStoreConfig): Promise<string[]> {
  const store = new SqliteStore(config);
  await store.open();
  const { sessions } = await store.list({}, { skip: 0, take: 10, total: false }, 1);
  await store.close();
  return sessions.map(({ id }) => id).sort();
}

for (const [what, change] of [
  ['deleted', (path: string) => rmSync(path)],
  ['replaced', (path: string) => renameSync(`${path}.copy`, path)],
  ['overwritten', (path: string) => overwrite(path, `${path}.copy`)],
  ['cut off', (path: string) => truncateSync(path, 8_192)],
] as const) {
  test(`a database that is ${what} while nothing is written is reported within a second`, async (t) => {
    const tick = mockFilesClock(t);
    const config = databases.config();
    await write(config, [sessionOf('before')]);
    copyFileSync(config.path, `${config.path}.copy`);
    const { store, reports } = await openStore(t, config);
    await store.ping();
    change(config.path);
    await reported(tick, reports);
    const [report] = reports;
    assert.deepEqual([report?.level, report?.file], ['error', config.path]);
    assert.match(
      String(report?.err),
      new RegExp(`the database file was .*${what}.* while the service ran: .*restore a backup`),
    );
    await assert.rejects(store.ping(), UNAVAILABLE);
    await assert.rejects(store.insert(sessionOf('after'), null, 0), UNAVAILABLE);
    tick();
    assert.equal(reports.length, 1);
  });
}

test('a closed session stays closed when a backup is copied over the open database', async (t) => {
  const { store, config, backup } = await withBackup(t);
  overwrite(config.path, backup);
  await assert.rejects(store.insert(sessionOf('lost'), null, 0), { ...UNAVAILABLE, message: /was overwritten/ });
  for (const id of ['closed', 'kept', 'after']) {
    await assert.rejects(store.find(id), { ...UNAVAILABLE, message: /was overwritten/ });
  }
  await assert.rejects(store.list({}, { skip: 0, take: 1, total: true }, 1), UNAVAILABLE);
  await assert.rejects(store.ping(), { ...UNAVAILABLE, message: /was overwritten/ });
});

test('a backup that is copied over the open database is unchanged after the stop', async (t) => {
  const { store, config, backup } = await withBackup(t);
  overwrite(config.path, backup);
  await store.close();
  assert.ok(readFileSync(config.path).equals(readFileSync(backup)));
});

for (const [how, restore] of [
  ['copied over', overwrite],
  ['moved over', (path: string, from: string) => renameSync(from, path)],
] as const) {
  test(`a backup that is ${how} the database is not mixed with the log at the next start`, async (t) => {
    const { store, config, backup } = await withBackup(t);
    restore(config.path, backup);
    await assert.rejects(store.insert(sessionOf('lost'), null, 0), UNAVAILABLE);
    await store.close();
    const refused = await idsOf(config).catch((error: Error) => error);
    assert.ok(refused instanceof Error && 'code' in refused && refused.code === 'STORE_UNUSABLE');
    for (const part of [config.path, `delete ${config.path}-wal`, `delete ${config.path}-note`]) {
      assert.ok(refused.message.includes(part), refused.message);
    }
    for (const suffix of ['-wal', '-shm']) rmSync(config.path + suffix, { force: true });
    assert.deepEqual(await idsOf(config), ['closed', 'kept']);
    assert.equal(existsSync(`${config.path}-note`), false);
  });
}

test('a database that is put back after the stop has every successful write', async (t) => {
  const { store, config } = await withBackup(t);
  renameSync(config.path, `${config.path}.away`);
  await assert.rejects(store.insert(sessionOf('lost'), null, 0), UNAVAILABLE);
  await store.close();
  await assert.rejects(idsOf(config), { ...UNUSABLE, message: /is not there, and its write-ahead log/ });
  renameSync(`${config.path}.away`, config.path);
  assert.deepEqual(await idsOf(config), ['after', 'closed', 'kept']);
});

test('a log deleted while the service runs is complete again after the stop', async (t) => {
  const { store, config } = await withBackup(t);
  rmSync(`${config.path}-wal`);
  await assert.rejects(store.insert(sessionOf('lost'), null, 0), { ...UNAVAILABLE, message: /-wal\) was deleted/ });
  await store.close();
  assert.deepEqual(await idsOf(config), ['after', 'closed', 'kept']);
});

test('no write succeeds after the log was emptied: the next start would lose it', async (t) => {
  const { store, config } = await withBackup(t);
  truncateSync(`${config.path}-wal`, 0);
  await assert.rejects(store.insert(sessionOf('lost'), null, 0), { ...UNAVAILABLE, message: /-wal\) was cut off/ });
  await store.close();
  assert.deepEqual(await idsOf(config), ['closed', 'kept']);
});

test('no new writer thread starts on a file that was overwritten', async (t) => {
  const threads: Worker[] = [];
  const started = (message: unknown) => threads.push((message as { readonly worker: Worker }).worker);
  subscribe('worker_threads', started);
  t.after(() => unsubscribe('worker_threads', started));
  const { store, config, backup } = await withBackup(t);
  overwrite(config.path, backup);
  await threads.at(-1)?.terminate();
  await until(async () => {
    const found = store.find('closed').catch((error: Error) => error);
    return (await found) instanceof Error;
  });
  await assert.rejects(store.find('closed'), { ...UNAVAILABLE, message: /was overwritten/ });
  await assert.rejects(store.ping(), UNAVAILABLE);
});

test('a renamed folder rejects writes until it has its name back', async (t) => {
  const { store, config } = await openStore(t, databases.config());
  const folder = dirname(config.path);
  renameSync(folder, `${folder}.away`);
  await assert.rejects(store.insert(sessionOf('lost'), null, 0), { ...UNAVAILABLE, message: /was deleted or moved/ });
  // The system rejects the check, as it does for a folder without permissions.
  symlinkSync(folder, folder);
  await assert.rejects(store.insert(sessionOf('lost'), null, 0), { ...UNAVAILABLE, message: /cannot be checked/ });
  rmSync(folder);
  renameSync(`${folder}.away`, folder);
  await until(async () => {
    const ready = store.ping().then(() => true);
    return ready.catch(() => false);
  });
  await store.insert(sessionOf('after'), null, 0);
});

test('of two services, only the one with the current files writes', async (t) => {
  const { store: first, config } = await openStore(t, databases.config());
  const folder = dirname(config.path);
  renameSync(folder, `${folder}.away`);
  mkdirSync(folder);
  const { store: second } = await openStore(t, config);
  await second.insert(sessionOf('second'), null, 0);
  await assert.rejects(first.insert(sessionOf('first'), null, 0), { ...UNAVAILABLE, message: /was replaced/ });
  await first.close();
  await second.insert(sessionOf('third'), null, 0);
});

test('without its lock file a service rejects writes: a second one may have started', async (t) => {
  const { store: first, config } = await openStore(t, databases.config());
  rmSync(`${config.path}-owner`);
  const { store: second } = await openStore(t, config);
  await assert.rejects(first.insert(sessionOf('first'), null, 0), {
    ...UNAVAILABLE,
    message: /lock file.*was deleted|replaced/,
  });
  await second.insert(sessionOf('second'), null, 0);
});

test('a checkpoint of another process, such as a replication tool, is not a fault', async (t) => {
  const { store, config, reports } = await withBackup(t);
  const tool = connect(config);
  for (const [n, mode] of ['PASSIVE', 'RESTART', 'TRUNCATE', 'PASSIVE'].entries()) {
    tool.exec(`PRAGMA wal_checkpoint(${mode})`);
    // Sets another time, in case both changes are within the resolution of the file system's clock.
    const { mtimeMs } = statSync(config.path);
    utimesSync(config.path, new Date(mtimeMs), new Date(mtimeMs + 1_000));
    await store.insert(sessionOf(`${n} a`), null, 0);
    await store.insert(sessionOf(`${n} b`), null, 0);
  }
  tool.close();
  await store.ping();
  assert.deepEqual(reports, []);
});

test('checkpoints of the service itself are not a fault', async (t) => {
  const { store, reports } = await openStore(t, { ...databases.config(), wal_bytes_max: 1, wal_age_ms_max: 3 });
  for (let n = 0; n < 30; n += 1) await store.insert(sessionOf(`s${n}`), null, 0);
  await store.ping();
  assert.deepEqual(reports, []);
});
