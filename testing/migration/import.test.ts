import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@redis/client';
import ConnectMongo from 'connect-mongo';
import pgSession from 'connect-pg-simple';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import memoryStore from 'memorystore';
import { BSON } from 'mongodb';
import pg from 'pg';
import { dump } from '../../examples/dump-memorystore.ts';
import { PipSessionsStore } from '../../packages/client/src/session-libraries/express-session.ts';
import { sessionsClientOf } from '../../packages/service/src/api/in-process-client.ts';
import { Sessions } from '../../packages/service/src/domain/sessions.ts';
import { systemClock } from '../../packages/service/src/domain/time/clock.ts';
import { MemoryStore } from '../../packages/service/src/stores/memory/store.ts';
import { importedOld } from '../../packages/service/src/transfer/fixtures/old-stores.ts';
import type { OldFormatName } from '../../packages/service/src/transfer/old-stores/formats.ts';
import { PostgresServer } from '../servers/postgres-server.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { missingPostgres, missingRedis } from '../stores/missing.ts';
import { at, HOUR_MS, startBrowsers, startShop } from './shop.ts';

const run = promisify(execFile);
const DUMPS = fileURLToPath(new URL('../../examples/', import.meta.url));

/** Moves the sessions of a store by a dump, and checks that the browsers notice nothing. */
async function checkImport(
  t: TestContext,
  format: OldFormatName,
  old: session.Store,
  dumped: () => Promise<string>,
): Promise<void> {
  const browsers = await startBrowsers(await startShop(t, old));
  const before = await Promise.all(Object.values(browsers).map(async (browser) => (await browser.get('/me')).body));
  const text = await dumped();

  const store = new MemoryStore({ sessions_max: 1000 });
  const counts = { users: 2, visitors: 1, there_already: 0, expired: 0, bad: 0, stopped: null };
  assert.deepEqual(await importedOld(store, text, { format }), counts);

  const client = sessionsClientOf(new Sessions(store, systemClock()));
  const url = await startShop(t, new PipSessionsStore({ client }));
  const [ann, bob, visitor] = Object.values(browsers).map((browser) => at(url, browser));
  assert.ok(ann && bob && visitor);
  const after = await Promise.all([ann, bob, visitor].map(async (browser) => (await browser.get('/me')).body));
  assert.deepEqual(after, before);
  assert.equal(after[1].max_age_ms, 24 * HOUR_MS);
  assert.equal(await client.count({ user_id: '7', active: true }), 1);
  assert.equal((await new PipSessionsStore({ client }).devices(after[0].sid))?.items.length, 1);

  await ann.post('/logout');
  await client.closeMany({ filter: { user_id: '7' } });
  const again = { ...counts, users: 0, visitors: 0, there_already: 3 };
  assert.deepEqual(await importedOld(store, text, { format }), again);
  for (const browser of [ann, bob]) assert.equal((await browser.get('/me')).body.userId, undefined);
  assert.equal((await visitor.get('/me')).body.lang, 'en');
}

test('users of connect-redis stay signed in after an import', { skip: missingRedis() ?? false }, async (t) => {
  const server = await RedisServer.start();
  const redis = await createClient({ url: server.url }).connect();
  t.after(() => {
    redis.destroy();
    return server.stop();
  });
  await redis.set('other', 'no session');
  await checkImport(t, 'connect-redis', new RedisStore({ client: redis }), async () => {
    const { stdout } = await run('sh', [`${DUMPS}dump-connect-redis.sh`, '-u', server.url], { timeout: 30_000 });
    return stdout;
  });
});

test('users of connect-pg-simple stay signed in after an import', { skip: missingPostgres() ?? false }, async (t) => {
  const server = await PostgresServer.start();
  const conString = await server.newDatabase();
  const pool = new pg.Pool({ connectionString: conString });
  // A zone of its own: `expire` has none in the table.
  await pool.query(`ALTER DATABASE ${new URL(conString).pathname.slice(1)} SET timezone TO 'Asia/Tokyo'`);
  await pool.end();
  const Store = pgSession(session);
  const store = new Store({ conString, createTableIfMissing: true, pruneSessionInterval: false });
  t.after(async () => {
    await store.close();
    await server.remove();
  });
  await checkImport(t, 'connect-pg-simple', store, async () => {
    const { stdout } = await run('sh', [`${DUMPS}dump-connect-pg-simple.sh`, conString], { timeout: 30_000 });
    return stdout;
  });
});

test('users of memorystore stay signed in after an import', async (t) => {
  const Store = memoryStore(session);
  const store = new Store({});
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-dump-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'sessions.ndjson');
  await checkImport(t, 'memorystore', store, async () => {
    await dump(store, path);
    return readFileSync(path, 'utf8');
  });
});

test('users of connect-mongo stay signed in after an import of its documents', async (t) => {
  // This machine needs no MongoDB server: connect-mongo writes to a collection of the test, and BSON's own library
  // writes the documents as mongoexport does.
  const documents = new Map<string, { _id: string }>();
  const collection = {
    createIndex: async () => 'expires',
    findOne: async ({ _id }: { _id: string }) => documents.get(_id) ?? null,
    deleteOne: async ({ _id }: { _id: string }) => ({ deletedCount: Number(documents.delete(_id)) }),
    updateOne: async ({ _id }: { _id: string }, { $set }: { $set: object }) => {
      const before = documents.get(_id);
      documents.set(_id, { ...before, ...$set, _id });
      return { matchedCount: before ? 1 : 0, upsertedCount: before ? 0 : 1 };
    },
  };
  const client = { db: () => ({ collection: () => collection }), close: async () => {} };
  const store = ConnectMongo.create({ client: client as never, autoRemove: 'disabled' });
  await checkImport(t, 'connect-mongo', store, async () =>
    Array.from(documents.values(), (document) => `${BSON.EJSON.stringify(document, { relaxed: false })}\n`).join(''),
  );
});
