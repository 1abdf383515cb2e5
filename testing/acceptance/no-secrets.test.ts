import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sessionRef } from '../../packages/service/src/domain/ids.ts';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import { hashSecret } from '../../packages/service/src/domain/tokens/secrets.ts';
import { createStore } from '../../packages/service/src/stores/create-store.ts';
import { MemoryStore } from '../../packages/service/src/stores/memory/store.ts';
import { sqliteStoreConfig } from '../../packages/service/src/stores/sqlite/config.ts';
import { SqliteStore } from '../../packages/service/src/stores/sqlite/store.ts';
import { startTestServer } from '../http/test-server.ts';
import { PostgresServer } from '../servers/postgres-server.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { missingPostgres, missingRedis } from '../stores/missing.ts';
import { formsOf, type Script, useSecrets } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-secrets-'));
after(() => rmSync(folder, { recursive: true }));

const postgres = { skip: missingPostgres() ?? false };
const redis = { skip: missingRedis() ?? false };

/** A preallocated write-ahead log is mostly zeros. They are skipped. */
const EMPTY = '\0'.repeat(64);

/** Runs the script against a live service. Returns its log too, at all levels. */
async function runOver(store: SessionStore): Promise<Script & { readonly log: string; readonly now: number }> {
  const { url, clock, log, stop } = await startTestServer({ store });
  try {
    const script = await useSecrets(url, clock);
    return { ...script, log: log.map((line) => JSON.stringify(line)).join('\n'), now: clock.now() };
  } finally {
    await stop();
  }
}

function assertNoSecret({ secrets, ids }: Script, dump: string, what: string): void {
  assert.ok(secrets.size > 50, 'the script has noted its secrets');
  for (const id of ids) assert.ok(dump.includes(id), `${what} must contain the sessions`);
  for (const secret of secrets) {
    for (const form of formsOf(secret)) assert.ok(!dump.includes(form), `${what} contains the secret ${form}`);
  }
}

function assertNoSecretInLog({ secrets, ids }: Script, log: string): void {
  for (const name of ['openSession', 'rotateToken', 'validateToken', 'unknown_token', 'compromised_session']) {
    assert.ok(log.includes(name), `the log must contain ${name}`);
  }
  const [id = ''] = ids;
  assert.ok(log.includes(sessionRef(id)), 'the log must contain the hash of the session id');
  for (const secret of secrets) {
    for (const form of formsOf(secret)) assert.ok(!log.includes(form), `the log contains the secret ${form}`);
  }
}

test('[S-01] the SQLite file, its log and the log lines contain no token or key', async () => {
  const { path, ...config } = sqliteStoreConfig(`sqlite:${join(folder, 'sessions.db')}`);
  const store = new SqliteStore({ path, ...config });
  await store.open();
  const { log, ...script } = await runOver(store);
  const files = () =>
    [path, `${path}-wal`].filter((file) => existsSync(file)).map((file) => readFileSync(file, 'latin1'));
  // Files are stolen while the service runs.
  const dump = files().join('');
  await store.close();
  assertNoSecret(script, dump, 'the file in use');
  assertNoSecret(script, files().join(''), 'the file');
  assertNoSecretInLog(script, log);
  const secret = [...script.secrets].find((text) => text.length === 43);
  assert.ok(dump.includes(hashSecret(secret ?? '')), 'the file must contain the hash of a secret');
});

test("PostgreSQL's write-ahead log contains no token and no key", postgres, async (t) => {
  const server = await PostgresServer.start();
  t.after(() => server.remove());
  await assertNoSecretIn(server.url, join(server.folder, 'data', 'pg_wal'));
});

test("Redis' append-only file contains no token and no key", redis, async (t) => {
  const server = await RedisServer.start({ settings: { appendonly: 'yes', appendfsync: 'always' } });
  t.after(() => server.remove());
  await assertNoSecretIn(server.url, join(server.folder, 'appendonlydir'));
});

/** The files must have everything that the server has ever stored. */
async function assertNoSecretIn(url: string, files: string): Promise<void> {
  const store = await createStore(url);
  await store.open();
  const { log, ...script } = await runOver(store);
  await store.close();
  const paths = readdirSync(files, { withFileTypes: true }).filter((entry) => entry.isFile());
  const dump = paths.map(({ name }) => readFileSync(join(files, name), 'latin1')).join('\n');
  assertNoSecret(script, dump.split(EMPTY).filter(Boolean).join('\0'), files);
  assertNoSecretInLog(script, log);
  const secret = [...script.secrets].find((text) => text.length === 43);
  assert.ok(dump.includes(hashSecret(secret ?? '')), 'the files must contain the hash of a secret');
}

test('the content of the memory store contains no token and no key', async () => {
  const store = new MemoryStore({ sessions_max: 1000 });
  const { log, now, ...script } = await runOver(store);
  const { sessions, next } = await store.scan({}, null, 1000, now);
  assert.equal(next, null);
  const found = await Promise.all(sessions.map(({ id }) => store.find(id)));
  assertNoSecret(script, [...sessions, ...found].map((session) => JSON.stringify(session)).join('\n'), 'the store');
  assertNoSecretInLog(script, log);
});
