import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scan, ScanKey } from '../store.ts';
import type { SessionFilter } from './filter.ts';
import { scanOf } from './session-scan.ts';

/** The key after which the store is asked to begin, and the key after the page. */
async function placesOf(filter: SessionFilter, after: ScanKey | null = null) {
  let start: ScanKey | null = null;
  const scan = async (_: SessionFilter, from: ScanKey | null): Promise<Scan> => {
    start = from;
    return { sessions: [], next: { open_time: 500, id: 'z' } };
  };
  const { next } = await scanOf({ scan }, filter, after, 10)(0);
  return { start, next };
}

test('a list begins at the earliest time before which all its sessions were opened', async () => {
  assert.equal((await placesOf({})).start, null);
  assert.equal((await placesOf({ from_time: 700 })).start, null);
  assert.deepEqual((await placesOf({ opened_before: 700 })).start, { open_time: 699, id: '' });
  assert.deepEqual((await placesOf({ to_time: 700 })).start, { open_time: 699, id: '' });
  assert.deepEqual((await placesOf({ opened_before: 800, to_time: 700 })).start, { open_time: 699, id: '' });
  const after = { open_time: 650, id: 'b' };
  assert.deepEqual((await placesOf({ to_time: 700 }, after)).start, after);
});

test('a list ends where its sessions were opened too early', async () => {
  assert.equal((await placesOf({ opened_after: 501 })).next, null);
  assert.deepEqual((await placesOf({ opened_after: 500 })).next, { open_time: 500, id: 'z' });
});
