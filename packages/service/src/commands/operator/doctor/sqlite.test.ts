import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { newSessionId } from '../../../domain/ids.ts';
import { systemClock } from '../../../domain/time/clock.ts';
import { session } from '../../../stores/conformance/fixtures.ts';
import { createStore } from '../../../stores/create-store.ts';
import type { Examination } from './examination.ts';
import { assertFound, examined } from './fixtures/examined.ts';
import { machine } from './fixtures/machine.ts';
import type { Probes } from './probes.ts';
import { examineStore } from './store-examination.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-doctor-'));
after(() => rmSync(folder, { recursive: true }));

const SESSIONS = 300;
let files = 0;

/** Creates a database with sessions and returns its path. */
async function database(): Promise<string> {
  files += 1;
  const path = `${folder}/${files}/sessions.db`;
  const store = await createStore(`sqlite:${path}`);
  await store.open();
  const inserts = Array.from({ length: SESSIONS }, (_, n) => {
    const user_id = `u${n}`;
    return store.insert(session(newSessionId(user_id), { user_id }), null, 0);
  });
  await Promise.all(inserts);
  await store.close();
  return path;
}

function examine(path: string, faults: Partial<Probes> = {}): Promise<Examination> {
  return examined((examination) =>
    examineStore(examination, `sqlite:${path}`, { clock: systemClock(), probes: machine(faults) }),
  );
}

test('a healthy database has no finding, and the examination leaves no file', async () => {
  const path = await database();
  const before = readdirSync(join(path, '..'));
  const content = readFileSync(path);
  const found = await examine(path);
  assertFound(found);
  assert.ok(found.made >= 7);
  assert.deepEqual(readdirSync(join(path, '..')), before);
  assert.deepEqual(readFileSync(path), content);
});

test('a database that a service uses has no finding, and the service goes on', async (t) => {
  const path = await database();
  const store = await createStore(`sqlite:${path}`);
  await store.open();
  t.after(() => store.close());
  await store.insert(session('one'), null, 0);
  assertFound(await examine(path));
  await store.insert(session('two'), null, 0);
  assert.equal((await store.find('one'))?.id, 'one');
});

test('a file that does not exist is a note, and is not created', async () => {
  const path = `${folder}/none/sessions.db`;
  assertFound(await examine(path), 'SQLITE_FILE_MISSING');
  assert.ok(!existsSync(`${folder}/none`));
});

test('a slow disk, a network file system, memory and a full disk are found', async () => {
  const path = await database();
  const on = (type: number) => ({ fileSystem: async () => ({ type, free_bytes: 2 ** 40 }) });
  assertFound(await examine(path, { flushTimes: () => [80, 90, 120] }), 'SQLITE_FSYNC_SLOW');
  assertFound(await examine(path, { flushTimes: () => [1, 2, 900] }));
  assertFound(await examine(path, on(0x6969)), 'SQLITE_NETWORK_FILE_SYSTEM');
  assertFound(await examine(path, on(0x794c7630)), 'SQLITE_CONTAINER_LAYER');
  assertFound(await examine(path, { fileSystem: async () => ({ type: 0xef53, free_bytes: 1_000 }) }), 'DISK_SPACE_LOW');
});

test('a database in memory is found', { skip: !existsSync('/dev/shm') && 'no /dev/shm' }, async (t) => {
  const own = mkdtempSync('/dev/shm/pip-sessions-doctor-');
  t.after(() => rmSync(own, { recursive: true }));
  const { fileSystem } = (await import('./probes.ts')).SYSTEM_PROBES;
  const free = async (path: string) => ({ ...(await fileSystem(path)), free_bytes: 2 ** 40 });
  assertFound(
    await examine(`${own}/sessions.db`, { fileSystem: free }),
    'SQLITE_FILE_MISSING',
    'SQLITE_MEMORY_FILE_SYSTEM',
  );
});

test('a folder in which nothing can be created is found', {
  skip: !existsSync('/proc/self') && 'no /proc',
}, async () => {
  assertFound(await examine('/proc/sessions.db'), 'SQLITE_FILE_MISSING', 'SQLITE_FOLDER_NOT_WRITABLE');
});

test('a large write-ahead log is found', async (t) => {
  const path = await database();
  const store = await createStore(`sqlite:${path}`);
  await store.open();
  t.after(() => store.close());
  await store.insert(session('one'), null, 0);
  truncateSync(`${path}-wal`, 2 ** 29);
  assertFound(await examine(path), 'SQLITE_LOG_LARGE');
});

test('files and folders that others may use are found', async () => {
  const path = await database();
  chmodSync(path, 0o644);
  assertFound(await examine(path), 'SQLITE_FILE_READABLE');
  chmodSync(path, 0o600);
  chmodSync(join(path, '..'), 0o777);
  assertFound(await examine(path), 'SQLITE_FOLDER_OPEN');
});

test('a file of a user who is not trusted is found', { skip: process.getuid?.() !== 0 && 'needs root' }, async () => {
  const path = await database();
  chownSync(path, 65_534, 65_534);
  assertFound(await examine(path), 'SQLITE_FILE_OF_ANOTHER_USER');
});

test('damage is found, and is named', async () => {
  const path = await database();
  const content = readFileSync(path);
  // The pages in the middle are those of tables and indexes.
  for (let at = 4_096 * 4; at < content.length - 4_096; at += 4_096 * 3) content.fill(0xff, at, at + 512);
  writeFileSync(path, content);
  const found = await examine(path);
  assertFound(found, 'SQLITE_DAMAGED');
  writeFileSync(path, 'this is not a database, but a text of some length'.repeat(100));
  assertFound(await examine(path), 'SQLITE_DAMAGED');
});

test('a newer, an older and a foreign schema are recognised', async () => {
  const path = await database();
  const set = (sql: string) => {
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA journal_mode = DELETE; ${sql}; PRAGMA journal_mode = WAL;`);
    db.close();
  };
  set('PRAGMA user_version = 99');
  assertFound(await examine(path), 'SCHEMA_NEWER');
  set('PRAGMA user_version = 2');
  assertFound(await examine(path), 'SCHEMA_OLDER');
  set('PRAGMA application_id = 7');
  assertFound(await examine(path), 'SQLITE_FOREIGN');
});

test('a log whose database is gone is found', async () => {
  const path = `${folder}/orphaned/sessions.db`;
  mkdirSync(join(path, '..'), { mode: 0o700 });
  writeFileSync(`${path}-wal`, 'x'.repeat(10_000), { mode: 0o600 });
  assertFound(await examine(path), 'SQLITE_FILE_MISSING', 'SQLITE_LOG_ORPHANED');
});
