import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { session } from '../../conformance/fixtures.ts';
import { type SqliteStoreConfig, sqliteStoreConfig } from '../config.ts';
import { write } from '../fixtures/database.ts';
import { SqliteStore } from '../store.ts';
import { LongReads } from './long-reads.ts';

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };
const ALL = { skip: 0, take: 1_000, total: true };

async function open(t: TestContext, more: Partial<SqliteStoreConfig> = {}): Promise<SqliteStore> {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-long-'));
  const store = new SqliteStore({ ...sqliteStoreConfig(`sqlite:${folder}/sessions.db`), ...more });
  await store.open();
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return store;
}

test('a list of all sessions shows every write that succeeded before it', async (t) => {
  const store = await open(t);
  for (let n = 1; n <= 50; n += 1) {
    await store.insert(session(`s${n}`, { user_id: `u${n}` }), null, 0);
    assert.equal((await store.list({}, ALL, 0)).sessions.length, n);
    assert.equal(await store.count({ client: 'none' }, 0), 0);
  }
});

test('a long read that may have seen a commit returns after other reads see it too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-long-'));
  const config = sqliteStoreConfig(`sqlite:${folder}/sessions.db`);
  await write(config, [session('s')]);
  const published = Promise.withResolvers<void>();
  const requested = Promise.withResolvers<void>();
  const longReads = new LongReads({
    config,
    moveLog: async () => {},
    published: () => {
      requested.resolve();
      return published.promise;
    },
  });
  t.after(() => {
    longReads.close();
    rmSync(folder, { recursive: true });
  });
  const events: string[] = [];
  const read = longReads.run({ type: 'count', filter: {}, now: 0 }).then((count) => events.push(`counted ${count}`));
  await requested.promise;
  await new Promise(setImmediate);
  events.push('published');
  published.resolve();
  await read;
  assert.deepEqual(events, ['published', 'counted 1']);
});

test('the log is moved between two consecutive long reads', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-long-'));
  const config = sqliteStoreConfig(`sqlite:${folder}/sessions.db`);
  await write(config, [session('s')]);
  const moved = Promise.withResolvers<void>();
  const longReads = new LongReads({ config, published: async () => {}, moveLog: () => moved.promise });
  const others = new LongReads({ config, published: async () => {}, moveLog: async () => {} });
  t.after(() => {
    longReads.close();
    others.close();
    rmSync(folder, { recursive: true });
  });
  const events: string[] = [];
  const read = () => longReads.run({ type: 'count', filter: {}, now: 0 }).then(() => events.push('counted'));
  const [first, second] = [read(), read()];
  await first;
  // Starting another thread takes longer than the second read would need.
  await others.run({ type: 'count', filter: {}, now: 0 });
  events.push('moved');
  moved.resolve();
  await second;
  assert.deepEqual(events, ['counted', 'moved', 'counted']);
});

test('long reads above their limit are rejected, and short reads still work', async (t) => {
  const store = await open(t);
  await store.insert(session('s', { user_id: 'u' }), null, 0);
  const counts = Array.from({ length: 40 }, () => store.count({}, 0));
  assert.equal((await store.list({ user_id: 'u' }, ALL, 0)).total, 1);
  assert.equal((await store.find('s'))?.id, 's');
  const settled = await Promise.allSettled(counts);
  const refused = settled.filter(({ status }) => status === 'rejected');
  assert.equal(refused.length, 7);
  for (const { reason } of refused as PromiseRejectedResult[])
    assert.match(reason.message, /32 long reads are waiting/);
});

test('a long read is rejected at its timeout, and the store continues', async (t) => {
  // Starting a thread takes longer than that.
  const store = await open(t, { long_read_timeout_ms: 0 });
  await assert.rejects(store.count({}, 0), { ...UNAVAILABLE, message: /took more than 0 s/ });
  await store.insert(session('s', { user_id: 'u' }), null, 0);
  assert.equal(await store.count({ user_id: 'u' }, 0), 1);
});

test('long reads in progress are rejected when the store is closed', async (t) => {
  const store = await open(t);
  const refused = assert.rejects(store.count({}, 0), UNAVAILABLE);
  await store.close();
  await refused;
});

test('a bulk close may close more sessions than one commit writes', async (t) => {
  const store = await open(t);
  const ids = Array.from({ length: 100 }, (_, n) => `s${String(n).padStart(3, '0')}`);
  await Promise.all(
    ids.map((id, n) => store.insert(session(id, { user_id: id, client: 'phone', open_time: n }), null, 0)),
  );
  const request = { filter: { client: 'phone' }, except: ['s099'], reason: 'revoked', limit: 70 } as const;
  const wouldBe = await store.closeMatching({ ...request, dry_run: true }, 1);
  const first = await store.closeMatching({ ...request, dry_run: false }, 1);
  assert.deepEqual(first, wouldBe);
  // The newest come first.
  assert.deepEqual(first, { ids: ids.slice(29, 99).toReversed(), more: true });
  const rest = await store.closeMatching({ ...request, dry_run: false }, 1);
  assert.deepEqual(rest, { ids: ids.slice(0, 29).toReversed(), more: false });
  assert.equal(await store.count({ active: true }, 1), 1);
});

test('the stored number of live sessions is always right', async (t) => {
  const store = await open(t);
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const step = fc.oneof(
    fc.record({ do: fc.constant('insert' as const), id, idle: fc.integer({ min: 1, max: 9 }), ended: fc.boolean() }),
    fc.record({ do: fc.constantFrom('close' as const, 'remove' as const, 'touch' as const), id }),
    fc.record({ do: fc.constantFrom('expire' as const, 'purge' as const, 'close all' as const) }),
  );
  let now = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      for (const one of steps) {
        now += 1;
        if (one.do === 'insert') {
          const times = { open_time: now, request_time: now, active_until: now };
          const end = one.ended ? ({ close_time: now, close_reason: 'closed' } as const) : {};
          const limit = { max: 2, policy: 'evict_oldest' } as const;
          const inserted = session(one.id, { user_id: 'u', idle_timeout_ms: one.idle, ...times, ...end });
          await store.insert(inserted, one.ended ? null : limit, now).catch(() => {});
        } else if (one.do === 'close') await store.update(one.id, { type: 'close', reason: 'closed' }, now);
        else if (one.do === 'touch') await store.update(one.id, { type: 'touch', touch_window_ms: 0 }, now);
        else if (one.do === 'remove') await store.remove(one.id);
        else if (one.do === 'expire') await store.expire(now, 100);
        else if (one.do === 'purge') await store.purge(now, 100);
        else {
          const request = { filter: {}, except: [], reason: 'revoked', limit: 100, dry_run: false } as const;
          await store.closeMatching(request, now);
        }
        const { sessions } = await store.scan({ active: true }, null, 100, now);
        assert.equal(await store.count({ active: true }, now), sessions.length, JSON.stringify(one));
      }
    }),
    { numRuns: 20 },
  );
});
