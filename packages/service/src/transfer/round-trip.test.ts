import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { removeAll } from '../../../../testing/stores/emptying.ts';
import { onEveryStore } from '../../../../testing/stores/stores.ts';
import { open, type Session } from '../domain/session.ts';
import { MemoryStore } from '../stores/memory/store.ts';
import { anySessions } from './fixtures/any-session.ts';
import { exported, imported } from './fixtures/transfer.ts';

const HOUR_MS = 3_600_000;
/** Later than every session of `anySessions`. */
const NOW = Date.UTC(2026, 5, 1);

function openedAt(time: number): Session {
  const texts = { user_id: 'u', user_name: null, address: null, client: null, user: null, data: null };
  return open(String(time), { ...texts, idle_timeout_ms: 1000, expire_time: null }, time);
}

const RUNS_ON_MEMORY = 100;

onEveryStore((stores) => {
  test(`${stores.name}: exported and imported sessions are equal in every property`, async () => {
    const store = await stores.empty();
    const property = fc.asyncProperty(anySessions, async (sessions) => {
      await removeAll(store, 0);
      for (const session of sessions) await store.insert(session, null, 0);
      const text = await exported(store);
      const other = new MemoryStore({ sessions_max: 1000 });
      assert.equal((await imported(other, text)).stopped, null);
      await removeAll(store, 0);
      const again = await imported(store, await exported(other));
      assert.deepEqual({ ...again }, { imported: sessions.length, there_already: 0, left_out: [], stopped: null });
      for (const session of sessions) assert.deepEqual({ ...(await store.find(session.id)) }, session);
      assert.equal(await exported(store), text);
    });
    await fc.assert(property, { numRuns: stores.runs(RUNS_ON_MEMORY) });
  });

  test(`${stores.name}: importing old sessions keeps the counts of the last two days`, async () => {
    const store = await stores.empty();
    const other = new MemoryStore({ sessions_max: 1000 });
    for (let hours = 0; hours < 400; hours += 1) await other.insert(openedAt(NOW - hours * HOUR_MS), null, 0);
    assert.equal((await imported(store, await exported(other))).imported, 400);
    const latest = await store.hours(NOW - 47 * HOUR_MS);
    assert.deepEqual(
      latest.map(({ hour, opened }) => [hour, opened]),
      Array.from({ length: 48 }, (_, hours) => [NOW - hours * HOUR_MS, 1]),
    );
  });
});
