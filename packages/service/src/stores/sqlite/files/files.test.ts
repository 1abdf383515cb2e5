import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { asJsonText } from '../../../domain/json.ts';
import { open } from '../../../domain/session.ts';
import { sqliteStoreConfig } from '../config.ts';
import { SqliteStore } from '../store.ts';

/** The content of a store's files, and their permissions. */

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-sqlite-files-'));
after(() => rmSync(folder, { recursive: true }));

function sessionOf(id: string) {
  const fields = { user_id: `user of ${id}`, user_name: null, address: null, client: null };
  const data = asJsonText(JSON.stringify(`data of ${id} ${'-'.repeat(300)}`));
  return open(id, { ...fields, user: data, data, idle_timeout_ms: 1000, expire_time: null }, 0);
}

test('[F-04] data of deleted and ended sessions is overwritten in the SQLite file', async () => {
  const path = join(folder, 'deleted.db');
  const store = new SqliteStore(sqliteStoreConfig(`sqlite:${path}`));
  await store.open();
  for (let n = 0; n < 60; n += 1) await store.insert(sessionOf(`deleted ${n}.`), null, 0);
  for (let n = 0; n < 60; n += 1) await store.insert(sessionOf(`closed ${n}.`), null, 0);
  await store.insert(sessionOf('open'), null, 0);
  for (let n = 0; n < 60; n += 1) await store.remove(`deleted ${n}.`);
  for (let n = 0; n < 60; n += 1) await store.update(`closed ${n}.`, { type: 'close', reason: 'closed' }, 1);
  await store.close();
  const file = readFileSync(path, 'latin1');
  assert.ok(file.includes('data of open'));
  assert.doesNotMatch(file, /deleted \d+\.|data of closed/);
  const left = readdirSync(folder).filter((name) => name.startsWith('deleted'));
  assert.deepEqual(left, ['deleted.db', 'deleted.db-owner'], 'no log is left after the store was closed');
});

test('[F-04] data of deleted sessions leaves the write-ahead log when the log is old', async () => {
  const defaults = sqliteStoreConfig(`sqlite:${join(folder, 'log.db')}`);
  assert.equal(defaults.wal_age_ms_max, 15 * 60_000);
  const config = { ...defaults, wal_age_ms_max: 0 };
  const store = new SqliteStore(config);
  await store.open();
  await store.insert(sessionOf('deleted'), null, 0);
  await store.remove('deleted');
  // Waits for the removal of the log's old content.
  await store.insert(sessionOf('open'), null, 0);
  // The log first: meanwhile its content may move into the file.
  const files = ['-wal', ''].map((suffix) => readFileSync(config.path + suffix, 'latin1')).join('');
  await store.close();
  assert.ok(files.includes('data of open'));
  assert.ok(!files.includes('data of deleted'));
});

test('[F-02] at the start, other users lose access to the session files', {
  skip: process.platform === 'win32',
}, async () => {
  const config = sqliteStoreConfig(`sqlite:${join(folder, 'open.db')}`);
  const names = ['', '-owner', '-wal', '-shm'];
  const modes = () => names.map((suffix) => (statSync(config.path + suffix).mode & 0o777).toString(8));
  for (const suffix of names) {
    writeFileSync(config.path + suffix, '');
    chmodSync(config.path + suffix, 0o644);
  }
  const store = new SqliteStore(config);
  await store.open();
  const found = modes();
  await store.close();
  assert.deepEqual(found, ['600', '600', '600', '600']);
});

test('[F-02] other users also lose access to the write-ahead log of a killed process', {
  skip: process.platform === 'win32',
}, async () => {
  const [killed, found] = ['killed', 'found'].map((name) => sqliteStoreConfig(`sqlite:${join(folder, `${name}.db`)}`));
  assert.ok(killed && found);
  const first = new SqliteStore(killed);
  await first.open();
  await first.insert(sessionOf('open'), null, 0);
  // Copies the files as a process leaves them that is killed now.
  for (const suffix of ['', '-wal']) {
    copyFileSync(killed.path + suffix, found.path + suffix);
    chmodSync(found.path + suffix, 0o644);
  }
  await first.close();
  const second = new SqliteStore(found);
  await second.open();
  const modes = ['', '-wal'].map((suffix) => (statSync(found.path + suffix).mode & 0o777).toString(8));
  assert.equal((await second.find('open'))?.user_id, 'user of open');
  await second.close();
  assert.deepEqual(modes, ['600', '600']);
});
