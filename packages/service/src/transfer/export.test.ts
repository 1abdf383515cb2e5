import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from '../domain/session.ts';
import type { ScanKey } from '../domain/store.ts';
import { ManualClock } from '../domain/time/clock.ts';
import { MemoryStore } from '../stores/memory/store.ts';
import { exportedPages } from './export.ts';
import { exported, imported } from './fixtures/transfer.ts';

const texts = { user_id: 'u', user_name: null, address: null, client: null, user: null, data: null };

async function storeOf(count: number): Promise<MemoryStore> {
  const store = new MemoryStore({ sessions_max: 10_000 });
  for (let index = 0; index < count; index += 1) {
    // Three sessions for each time.
    const time = 1000 + Math.floor(index / 3);
    await store.insert(open(`s${index}`, { ...texts, idle_timeout_ms: 1000, expire_time: null }, time), null, 0);
  }
  return store;
}

function idsOf(text: string): string[] {
  return text
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line).id);
}

test('an empty store is exported as a header, which can be imported', async () => {
  const text = await exported(await storeOf(0));
  assert.equal(text, '{"format":"pip-sessions","version":1}\n');
  const { stopped, ...counts } = await imported(await storeOf(0), text);
  assert.deepEqual([stopped, counts.imported], [null, 0]);
});

test('sessions are exported one per line, the newest first', async () => {
  const store = await storeOf(700);
  const ids = idsOf(await exported(store));
  assert.equal(new Set(ids).size, 700);
  assert.deepEqual(ids.slice(0, 4), ['s699', 's696', 's697', 's698']);
});

test('an export can be stopped after any page and continued from its cursor', async () => {
  const store = await storeOf(700);
  const whole = await exported(store);
  let begun = '';
  const cursors: ScanKey[] = [];
  for await (const { text, next } of exportedPages(store, new ManualClock(0), null)) {
    begun += text;
    if (!next) break;
    cursors.push(next);
    assert.equal(begun + (await exported(store, next)), whole);
  }
  assert.ok(cursors.length >= 5);
});

test('concurrent changes do not make an export miss a session or write one twice', async () => {
  const store = await storeOf(700);
  let text = '';
  let pages = 0;
  for await (const page of exportedPages(store, new ManualClock(0), null)) {
    text += page.text;
    pages += 1;
    await store.insert(open(`new ${pages}`, { ...texts, idle_timeout_ms: 1, expire_time: null }, 9000), null, 0);
    await store.remove('s0');
    await store.update('s1', { type: 'close', reason: 'closed' }, 1500);
  }
  const ids = idsOf(text);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(new Set(ids), new Set(Array.from({ length: 699 }, (_, index) => `s${index + 1}`)));
  assert.match(text, /"id":"s1",.*"active":false/);
});

test('a session that is deleted during the export of its page is left out', async () => {
  class Deleting extends MemoryStore {
    override async find(id: string) {
      if (id === 's1') await this.remove(id);
      return super.find(id);
    }
  }
  const store = new Deleting({ sessions_max: 10 });
  for (const id of ['s0', 's1', 's2']) {
    await store.insert(open(id, { ...texts, idle_timeout_ms: 1000, expire_time: null }, 1000), null, 0);
  }
  assert.deepEqual(idsOf(await exported(store)), ['s0', 's2']);
});
