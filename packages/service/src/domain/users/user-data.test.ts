import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../stores/memory/store.ts';
import { Sessions } from '../sessions.ts';
import { ManualClock } from '../time/clock.ts';

test('many exports at once read as many sessions as one, and survive a fault of one', async () => {
  const store = new MemoryStore({ sessions_max: 300 });
  const sessions = new Sessions(store, new ManualClock());
  for (let n = 0; n < 100; n += 1) await sessions.open({ user_id: 'u' });
  let reading = 0;
  let most = 0;
  let calls = 0;
  const find = store.find.bind(store);
  store.find = async (id) => {
    calls += 1;
    if (calls === 1) throw new Error('a fault of the store');
    reading += 1;
    most = Math.max(most, reading);
    await null;
    reading -= 1;
    return find(id);
  };
  const counted = async () => {
    let count = 0;
    for await (const part of sessions.users.export('u')) count += part.length;
    return count;
  };
  const results = await Promise.allSettled([counted(), counted(), counted(), counted()]);
  const counts = results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)));
  assert.deepEqual(counts, ['Error: a fault of the store', 100, 100, 100]);
  assert.ok(most <= 64, `${most} at once`);
});
