import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import type { SqliteStoreConfig } from '../config.ts';
import { Databases, sessionOf, write } from '../fixtures/database.ts';
import { SqliteStore } from '../store.ts';

/** Starts with files that are not as a service leaves them. */

const databases = new Databases();
after(() => databases.remove());

const DATA = JSON.stringify('.'.repeat(1_000));

/** A database and a log with the session "in the log", as a killed process leaves them. */
async function killed(): Promise<SqliteStoreConfig> {
  const source = databases.config();
  const config = databases.config();
  await write(source, [sessionOf('in the file')]);
  await write(config, []);
  const store = new SqliteStore(source);
  await store.open();
  await store.insert(sessionOf('in the log'), null, 0);
  for (const suffix of ['', '-wal']) copyFileSync(`${source.path}${suffix}`, `${config.path}${suffix}`);
  await store.close();
  return config;
}

/** The message of the rejected start, which must name the file. */
async function refusalOf(config: SqliteStoreConfig): Promise<string> {
  const error: unknown = await new SqliteStore(config).open().catch((error) => error);
  assert.ok(error instanceof Error && 'code' in error, 'the start did not fail');
  assert.equal(error.code, 'STORE_UNUSABLE', error.message);
  assert.ok(error.message.includes(config.path), error.message);
  return error.message;
}

async function assertHas(config: SqliteStoreConfig, ...ids: readonly string[]): Promise<void> {
  const store = new SqliteStore(config);
  await store.open();
  for (const id of ids) assert.equal((await store.find(id))?.id, id);
  await store.close();
}

for (const [what, lose] of [
  ['is not there', (path: string) => rmSync(path)],
  ['is empty', (path: string) => truncateSync(path, 0)],
] as const) {
  test(`a start whose database ${what} fails, and does not delete a log with sessions`, async () => {
    const config = await killed();
    const database = readFileSync(config.path);
    const log = readFileSync(`${config.path}-wal`);
    lose(config.path);
    const before = existsSync(config.path);
    const message = await refusalOf(config);
    assert.match(message, new RegExp(`${what}, and its write-ahead log .*Put the database back.*delete .*-wal`));
    assert.ok(readFileSync(`${config.path}-wal`).equals(log));
    assert.equal(existsSync(config.path), before, 'a new database was made');
    writeFileSync(config.path, database);
    await assertHas(config, 'in the file', 'in the log');
  });
}

test('a truncated database fails the start with its size', async () => {
  const config = databases.config();
  await write(
    config,
    Array.from({ length: 50 }, (_, n) => sessionOf(`s${n}`, 'user', DATA)),
  );
  const whole = readFileSync(config.path);
  truncateSync(config.path, 8_192);
  assert.match(await refusalOf(config), new RegExp(`was cut off: it has 8192 of ${whole.length} bytes. Restore`));
  truncateSync(config.path, 50);
  assert.match(await refusalOf(config), /was cut off/);
  writeFileSync(config.path, whole);
  await assertHas(config, 's0', 's49');
});

test('a file that is not a database fails the start and is not changed', async () => {
  const config = databases.config();
  await write(config, []);
  writeFileSync(config.path, 'a text');
  assert.match(await refusalOf(config), /is not a database of SQLite. Restore a backup/);
  assert.equal(readFileSync(config.path, 'utf8'), 'a text');
});

test('a folder that cannot be written or read is named in the error of the start', {
  skip: process.platform === 'linux' ? false : 'only Linux has a folder that takes no files, even from root',
}, async () => {
  const config = databases.config();
  assert.match(await refusalOf({ ...config, path: '/proc/sys/sessions.db' }), /cannot be written: Error: E[A-Z]+/);
  symlinkSync(dirname(config.path), dirname(config.path));
  assert.match(await refusalOf(config), /cannot be written: Error: ELOOP/);
  unlinkSync(dirname(config.path));
});

test('a process that crashes because its log index was truncated loses no write', {
  skip: process.platform === 'linux' ? false : 'other systems have other ends for a memory map that was cut off',
}, () => {
  const config = databases.config();
  const script = `
    import { truncateSync } from 'node:fs';
    const { SqliteStore } = await import('${import.meta.resolve('../store.ts')}');
    const { sessionOf } = await import('${import.meta.resolve('../fixtures/database.ts')}');
    const config = ${JSON.stringify(config)};
    const store = new SqliteStore(config);
    await store.open();
    await store.insert(sessionOf('answered'), null, 0);
    truncateSync(config.path + '-shm', 0);
    await store.insert(sessionOf('another'), null, 0);`;
  const args = ['--conditions=source', '--eval', script];
  const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(signal, 'SIGBUS', stderr);
  return assertHas(config, 'answered');
});
