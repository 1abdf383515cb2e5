import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { PostgresServer } from '../../../../../../testing/servers/postgres-server.ts';
import { RedisServer } from '../../../../../../testing/servers/redis-server.ts';
import { missingPostgres, missingRedis } from '../../../../../../testing/stores/missing.ts';
import { withConnections } from '../../../../../../testing/stores/redis-commands.ts';
import { onEveryStore } from '../../../../../../testing/stores/stores.ts';
import { newSessionId } from '../../../domain/ids.ts';
import { asJsonText } from '../../../domain/json.ts';
import type { SessionStore } from '../../../domain/store.ts';
import { NOW, session } from '../../../stores/conformance/fixtures.ts';
import { createStore } from '../../../stores/create-store.ts';
import { runCommand } from '../fixtures/run-command.ts';

const SESSIONS = 40;

/** Opens sessions and ends some. Returns the id of an open one. */
async function fill(store: SessionStore): Promise<string> {
  const ids = Array.from({ length: SESSIONS }, (_, n) => newSessionId(`user ${n}`));
  for (const [n, id] of ids.entries()) {
    const members = {
      user_id: `user ${n}`,
      user_name: 'Ann \0 É',
      address: '10.0.0.1',
      client: 'Firefox',
      data: asJsonText('{}'),
    };
    await store.insert(session(id, members), null, NOW);
  }
  const closing = { filter: {}, except: [], reason: 'revoked', limit: SESSIONS / 2, dry_run: false } as const;
  await store.closeMatching(closing, NOW + 1);
  const { sessions } = await store.scan({ active: true }, null, 1, NOW + 2);
  await store.update(sessions[0]?.id ?? '', { type: 'touch', touch_window_ms: 5 }, NOW + 3);
  return sessions[0]?.id ?? '';
}

interface Checked {
  readonly code: number;
  readonly sound: boolean;
  /** All problems, with their aspects. */
  readonly problems: string;
  readonly results: string;
}

async function check(url: string): Promise<Checked> {
  const { code, stdout, said } = await runCommand(['store', 'check', '--json', '--store', url]);
  assert.notEqual(stdout, '', said.join());
  const { sound, aspects } = JSON.parse(stdout) as {
    sound: boolean;
    aspects: { aspect: string; result: string; problems: string[] }[];
  };
  const problems = aspects.flatMap(({ aspect, problems }) => problems.map((problem) => `${aspect}: ${problem}`));
  const results = aspects.map(({ aspect, result }) => `${aspect}: ${result}`);
  return { code, sound, problems: problems.join('\n'), results: results.join('\n') };
}

onEveryStore((stores) => {
  if (stores.name === 'memory') {
    test('a memory store is rejected with 2', async () => {
      for (const work of ['check', 'migrate', 'compact']) {
        const { code, said } = await runCommand(['store', work, '--store', 'memory:']);
        assert.equal(code, 2, said.join());
      }
    });
    return;
  }

  test('a store with open and ended sessions is sound, also after it was compacted', async () => {
    const store = await stores.empty();
    const id = await fill(store);
    const first = await check(stores.url);
    assert.deepEqual([first.code, first.sound, first.problems], [0, true, '']);
    assert.match(first.results, new RegExp(`sessions: ${SESSIONS} read, 0 wrong`));
    await store.close();
    const compacted = await runCommand(['store', 'compact', '--store', stores.url]);
    assert.deepEqual([compacted.code, compacted.said], [0, []]);
    assert.equal((await check(stores.url)).code, 0);
    const again = await stores.again();
    assert.equal((await again.find(id))?.id, id);
  });

  test('the newest schema is not migrated', async () => {
    const store = await stores.empty();
    await store.close();
    const { code, stdout } = await runCommand(['store', 'migrate', '--store', stores.url]);
    assert.equal(code, 0);
    assert.match(stdout, /has schema version \d+, the newest|has no migrations/);
  });

  test('an interrupted check ends with 130', async () => {
    await fill(await stores.empty());
    const { code, said } = await runCommand(['store', 'check', '--store', stores.url], { signal: AbortSignal.abort() });
    assert.deepEqual([code, said], [130, ['The command was interrupted.']]);
  });
});

describe('sqlite files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-store-'));
  after(() => rmSync(folder, { recursive: true }));
  let files = 0;

  async function filled(): Promise<{
    readonly url: string;
    readonly path: string;
    readonly change: (sql: string) => void;
  }> {
    files += 1;
    const path = `${folder}/${files}.db`;
    const store = await createStore(`sqlite:${path}`);
    await store.open();
    await fill(store);
    await store.close();
    const change = (sql: string) => {
      const db = new DatabaseSync(path, { defensive: false });
      db.exec(sql);
      db.close();
    };
    return { url: `sqlite:${path}`, path, change };
  }

  test('wrong counts, unreadable rows and columns that do not follow are named', async () => {
    const { url, change } = await filled();
    change("UPDATE hours SET count = 99 WHERE hour = -1; UPDATE sessions SET auth_methods = 'x' WHERE rowid = 3");
    change("UPDATE sessions SET deadline = 1 WHERE rowid = 4; UPDATE sessions SET address_key = 'x' WHERE rowid = 5");
    const { code, problems } = await check(url);
    assert.equal(code, 1);
    assert.match(problems, /counts: 20 sessions are open, but the stored number is 99/);
    assert.match(problems, /sessions: rowid 3: .*not JSON/);
    assert.match(problems, /rowid 4: session \w+: "deadline" does not follow/);
    assert.match(problems, /rowid 5: session \w+: "address_key" does not follow/);
  });

  test('index entries without rows, and damaged pages, are named', async () => {
    const { url, path, change } = await filled();
    change(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, 'close_time IS NOT NULL', 'close_time > 5') WHERE name = 'sessions_closed';
      PRAGMA writable_schema = RESET; UPDATE sessions SET close_time = 4 WHERE close_time IS NOT NULL`);
    change(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, 'close_time > 5', 'close_time IS NOT NULL') WHERE name = 'sessions_closed'`);
    const missing = await check(url);
    assert.equal(missing.code, 1);
    assert.match(missing.problems, /structure: .*sessions_closed/);
    const content = readFileSync(path);
    content.fill(0xff, 4_096 * 3, 4_096 * 4);
    writeFileSync(path, content);
    assert.equal((await check(url)).code, 1);
  });

  test('an old schema is migrated after a question, and a newer one is not', async () => {
    const { url, change, path } = await filled();
    const { MIGRATIONS, SCHEMA_VERSION } = await import('../../../stores/sqlite/schema.ts');
    rmSync(path);
    change(`${MIGRATIONS.slice(0, 4).join('')} PRAGMA application_id = ${0x50697053}; PRAGMA user_version = 4;`);
    const migrate = (args: readonly string[], typed?: string) =>
      runCommand(['store', 'migrate', '--store', url, ...args], { ...(typed !== undefined && { typed }) });
    const dry = await migrate(['--dry-run', '--json']);
    assert.equal(dry.stdout, `{"from":4,"to":${SCHEMA_VERSION},"migrated":false}\n`);
    assert.equal((await migrate([])).code, 2);
    assert.equal((await migrate([], 'no')).code, 1);
    assert.equal(
      (await migrate(['--dry-run', '--json'])).stdout,
      `{"from":4,"to":${SCHEMA_VERSION},"migrated":false}\n`,
    );
    const done = await migrate([], String(SCHEMA_VERSION));
    assert.equal(done.code, 0);
    const end = `will be migrated from schema version 4 to ${SCHEMA_VERSION}.\nMigrated to schema version ${SCHEMA_VERSION}.\n`;
    assert.ok(done.stdout.endsWith(end), done.stdout);
    change('PRAGMA user_version = 99');
    const newer = await migrate(['--yes']);
    assert.deepEqual([newer.code, newer.said.length], [1, 1]);
    assert.match(newer.said.join(), /a newer version wrote it/);
  });

  test('a file that a service uses is checked, but not compacted or migrated', async (t) => {
    const { url, change } = await filled();
    const store = await createStore(url);
    await store.open();
    t.after(() => store.close());
    assert.equal((await check(url)).code, 0);
    const compacted = await runCommand(['store', 'compact', '--store', url]);
    assert.equal(compacted.code, 1);
    assert.match(compacted.said.join(), /is served by another process/);
    change('PRAGMA user_version = 4');
    const migrated = await runCommand(['store', 'migrate', '--yes', '--store', url]);
    assert.match(migrated.said.join(), /is served by another process/);
    change('PRAGMA user_version = 5');
  });

  test('compacting makes a file with deleted sessions smaller', async () => {
    const { url, path, change } = await filled();
    change(`UPDATE sessions SET data = hex(zeroblob(50000)); UPDATE sessions SET data = '{}'`);
    const before = statSync(path).size;
    const { code, stdout } = await runCommand(['store', 'compact', '--json', '--store', url]);
    assert.equal(code, 0);
    const { bytes_before, bytes_after } = JSON.parse(stdout);
    assert.equal(bytes_after, statSync(path).size);
    assert.ok(bytes_before === before && bytes_after < before / 5, `${bytes_before} to ${bytes_after}`);
  });
});

describe('postgres schemas', { skip: missingPostgres() ?? false }, () => {
  test('what is wrong in a schema is named, and an old schema is migrated', async (t) => {
    const server = await PostgresServer.start({ settings: { fsync: 'off' } });
    const url = await server.newDatabase();
    const store = await createStore(url);
    await store.open();
    const id = await fill(store);
    await store.close();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    t.after(async () => {
      await client.end();
      await server.remove();
    });
    await client.query('SET search_path = pip_sessions; CREATE EXTENSION amcheck');
    assert.match((await check(url)).results, /index entries: those of \d+ indexes compared/);
    await client.query(`UPDATE sessions SET auth_methods = 'x' WHERE id = $1`, [id]);
    await client.query(`UPDATE sessions SET user_key = 1 WHERE id = (SELECT max(id) FROM sessions WHERE id <> $1)`, [
      id,
    ]);
    await client.query('DROP INDEX sessions_due');
    const { code, problems } = await check(url);
    assert.equal(code, 1);
    assert.match(problems, new RegExp(`session ${id}: a column is not JSON`));
    assert.match(problems, /"user_key" does not follow/);
    assert.match(problems, /indexes: the index sessions_due is missing/);
    await client.query('UPDATE schema_version SET version = 2');
    const dry = await runCommand(['store', 'migrate', '--dry-run', '--store', url]);
    assert.match(dry.stdout, /will be migrated from schema version 2 to \d+\.\n$/);
    const done = await runCommand(['store', 'migrate', '--yes', '--json', '--store', url]);
    assert.equal(done.code, 0);
    assert.match(done.stdout, /^{"from":2,"to":\d+,"migrated":true}\n$/);
    await client.query('CREATE ROLE other LOGIN; GRANT USAGE ON SCHEMA pip_sessions TO other');
    const forbidden = await runCommand(['store', 'compact', '--store', url.replace('postgres@', 'other@')]);
    assert.equal(forbidden.code, 1);
    assert.match(forbidden.said.join(), /belongs to another role/);
  });
});

describe('redis data', { skip: missingRedis() ?? false }, () => {
  test('what is wrong in the data is named, and entries without sessions go', async (t) => {
    const server = await RedisServer.start();
    t.after(() => server.remove());
    const store = await createStore(server.url);
    await store.open();
    const id = await fill(store);
    const other = newSessionId('another user');
    await store.insert(session(other, { user_id: 'another user' }), null, NOW);
    await store.close();
    const send = (...words: readonly string[]) => withConnections([server], async ([command]) => command?.(...words));
    const [shard, of] = [id.slice(0, 1), other.slice(0, 1)];
    await send('ZADD', `ps:{${shard}}:due`, '7', id);
    await send('SET', `ps:{${of}}:s:${other}`, 'nothing');
    const { code, problems } = await check(server.url);
    assert.equal(code, 1);
    assert.match(problems, new RegExp(`session ${id}: its entry in the index "due" does not follow`));
    assert.match(problems, new RegExp(`session ${other}: its value is not a session`));
    await send('DEL', `ps:{${of}}:s:${other}`);
    assert.match((await check(server.url)).results, /index entries: 1 of 41 without a session/);
    const compacted = await runCommand(['store', 'compact', '--json', '--store', server.url]);
    assert.equal(JSON.parse(compacted.stdout).sessions_removed_from_indexes, 1);
    assert.match((await check(server.url)).results, /index entries: 0 of 40 without a session/);
    assert.equal((await check(`${server.url}?shards=1`)).code, 1);
  });
});
