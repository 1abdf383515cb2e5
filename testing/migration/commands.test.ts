import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@redis/client';
import pgSession from 'connect-pg-simple';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import memoryStore from 'memorystore';
import { dump } from '../../examples/dump-memorystore.ts';
import { createSessionsClient } from '../../packages/client/src/index.ts';
import { OLD_FORMAT_NAMES } from '../../packages/service/src/transfer/old-stores/formats.ts';
import { FORMATS } from '../../packages/service/src/transfer/records.ts';
import { commandsOf } from '../../scripts/docs/shell-commands.ts';
import { startExample, startMemoryService } from '../examples/example.ts';
import { PostgresServer } from '../servers/postgres-server.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { commandEnvironment } from '../service/environment.ts';
import { missingPostgres, missingRedis } from '../stores/missing.ts';
import { at, startBrowsers, startShop } from './shop.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = readFileSync(`${ROOT}docs/migration.md`, 'utf8');
const PROGRAM = `'${process.execPath}' --conditions=source '${ROOT}packages/service/src/main.ts'`;
const run = promisify(execFile);

/** The commands below a heading of the page. */
function commandsBelow(heading: string): readonly string[] {
  const [, ...sections] = PAGE.split(/^##+ /m);
  return commandsOf(sections.find((section) => section.startsWith(`${heading}\n`)) ?? '');
}

interface Shell {
  readonly folder: string;
  /** Runs a command of the page, with other values for parts of it. Returns what it said. */
  readonly run: (command: string, values?: Readonly<Record<string, string>>) => Promise<string>;
}

/** A shell of an operator in an empty folder, with a store of the service. */
function newShell(t: TestContext): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-move-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const env = { ...commandEnvironment(), SESSIONS_STORE: 'sqlite:sessions.db' };
  return {
    folder,
    run: async (command, values = {}) => {
      let line = command.replace(/^pip-sessions/, PROGRAM).replace('examples/', `${ROOT}examples/`);
      for (const [shown, value] of Object.entries(values)) line = line.replace(shown, value);
      const { stderr } = await run('sh', ['-c', line], { cwd: folder, env, timeout: 30_000 });
      return stderr;
    },
  };
}

const IMPORTED =
  /^pip-sessions: imported 2 sessions of users and 1 of visitors; 0 already existed, 0 had expired, 0 were bad\.$/m;

async function startRedis() {
  const server = await RedisServer.start();
  const redis = await createClient({ url: server.url }).connect();
  const stop = () => {
    redis.destroy();
    return server.stop();
  };
  return { url: server.url, store: new RedisStore({ client: redis }), stop };
}

test('the commands of the page move the sessions of connect-redis', { skip: missingRedis() ?? false }, async (t) => {
  const { url, store, stop } = await startRedis();
  t.after(stop);
  await startBrowsers(await startShop(t, store));
  const shell = newShell(t);
  const [dumped = '', imported = '', ...more] = commandsBelow('connect-redis');
  await shell.run(dumped, { 'redis://localhost:6379': url });
  assert.match(await shell.run(imported), IMPORTED);
  const [intoRedis = ''] = commandsBelow('Dump and import');
  assert.match(await shell.run(intoRedis, { 'redis://localhost:6380': `${url}/1` }), IMPORTED);
  assert.deepEqual(more, []);
});

test('the commands of the page move the sessions of connect-pg-simple', {
  skip: missingPostgres() ?? false,
}, async (t) => {
  const server = await PostgresServer.start();
  const conString = await server.newDatabase();
  const Store = pgSession(session);
  const store = new Store({ conString, createTableIfMissing: true, pruneSessionInterval: false });
  t.after(async () => {
    await store.close();
    await server.remove();
  });
  await startBrowsers(await startShop(t, store));
  const shell = newShell(t);
  const [dumped = '', imported = '', ...more] = commandsBelow('connect-pg-simple');
  await shell.run(dumped, { 'postgres://localhost/shop': conString });
  assert.match(await shell.run(imported), IMPORTED);
  assert.deepEqual(more, []);
});

test('the command of the page imports the dump of memorystore', async (t) => {
  const Store = memoryStore(session);
  const store = new Store({});
  await startBrowsers(await startShop(t, store));
  const shell = newShell(t);
  await dump(store, `${shell.folder}/sessions.ndjson`);
  const [imported = '', ...more] = commandsBelow('memorystore');
  assert.match(await shell.run(imported), IMPORTED);
  assert.deepEqual(more, []);
});

test('the command of the page imports what mongoexport writes', async (t) => {
  // mongoexport needs a MongoDB server. A test of the import has documents that connect-mongo has written.
  const [exported = '', imported = '', ...more] = commandsBelow('connect-mongo');
  assert.match(exported, /^mongoexport --uri \S+ --collection sessions > sessions\.ndjson$/);
  const shell = newShell(t);
  const ends = new Date(Date.now() + 3_600_000).toISOString();
  const cookie = { originalMaxAge: 3_600_000, path: '/' };
  const documents = [{ userId: 'ann' }, { userId: 7 }, { lang: 'en' }].map((members, index) => ({
    _id: `sid ${index}`,
    expires: { $date: ends },
    session: JSON.stringify({ cookie, ...members }),
  }));
  const lines = documents.map((document) => `${JSON.stringify(document)}\n`);
  writeFileSync(`${shell.folder}/sessions.ndjson`, lines.join(''));
  assert.match(await shell.run(imported), IMPORTED);
  assert.deepEqual(more, []);
});

test('the example with fallback keeps users signed in', { skip: missingRedis() ?? false }, async (t) => {
  const { url, store, stop } = await startRedis();
  const { ann } = await startBrowsers(await startShop(t, store));
  const service = await startMemoryService(t);
  const env = { SESSIONS_URL: service.url, REDIS_URL: url, COOKIE_SECRET: 'a secret of the application' };
  for (const CHANGE_OVER of ['2100-01-01T00:00:00Z', '2026-01-01T00:00:00Z']) {
    const { urls } = await startExample(t, 'express-fallback', { ...env, CHANGE_OVER });
    assert.deepEqual((await at(urls[0] ?? '', ann).get('/me')).body, { user: 'ann' }, CHANGE_OVER);
  }
  // After the application, which would report a lost connection.
  t.after(stop);
  assert.equal(await createSessionsClient({ url: service.url }).count({ user_id: 'ann', active: true }), 1);
});

test('the page of the command line lists each format of an import', () => {
  const page = readFileSync(`${ROOT}docs/command-line.md`, 'utf8');
  const [, table = ''] = /\| `--format` \|.*?\n(\|.*?)\n\n/s.exec(page) ?? [];
  const listed = [...table.matchAll(/^\| `([\w.-]+)`/gm)].map(([, name]) => name);
  assert.deepEqual(listed, [...FORMATS, ...OLD_FORMAT_NAMES]);
});
