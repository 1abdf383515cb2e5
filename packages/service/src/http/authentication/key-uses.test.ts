import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiKeys, newApiKey, parseApiKey } from './api-keys.ts';
import { keyUses, type ProcessKeyUses } from './key-uses.ts';

const KEYS = [newApiKey('shop', 'write', Date.UTC(2027, 0, 31)), newApiKey('support', 'admin')];
const configured = () => new ApiKeys(KEYS.map((key) => parseApiKey(key.configured)));

function using(others: readonly ProcessKeyUses[] | null, isComplete = true) {
  const keys = configured();
  let now = 1_000;
  const peers = others && { serve: () => {}, collect: async () => ({ parts: others, isComplete }) };
  const list = keyUses({ keys, now: () => now, peers });
  now = 9_000;
  const use = (last_used: number) => {
    const key = keys.find(String(KEYS[0]?.key));
    if (key) Object.assign(key, { last_used, uses: key.uses + 1 });
  };
  return { list, use };
}

test('each key is listed with its use since the start, also a key without use', async () => {
  const { list, use } = using(null);
  use(3_000);
  use(4_000);
  assert.deepEqual(await list(), {
    since: 1_000,
    keys: [
      { name: 'shop', scope: 'write', expires: Date.UTC(2027, 0, 31), last_used: 4_000, uses: 2 },
      { name: 'support', scope: 'admin', expires: null, last_used: null, uses: 0 },
    ],
  });
});

test('uses of other processes are added, since the last start of one of them', async () => {
  const replaced = { since: 1_500, uses: [{ name: 'shop', hash: '0', last_used: 6_000, uses: 10 }] };
  const shop = { name: 'shop', hash: parseApiKey(String(KEYS[0]?.configured)).hash };
  const { list, use } = using([{ since: 2_000, uses: [{ ...shop, last_used: 5_000, uses: 10 }] }, replaced]);
  use(3_000);
  const { since, keys } = await list();
  assert.equal(since, 2_000);
  assert.partialDeepStrictEqual(keys[0], { last_used: 5_000, uses: 11 });
});

test('if a process does not respond, no time is claimed from which uses are complete', async () => {
  const { list } = using([], false);
  assert.equal((await list()).since, 9_000);
});

test('a service without keys lists none', async () => {
  const list = keyUses({ keys: null, now: () => 1_000, peers: null });
  assert.deepEqual(await list(), { since: 1_000, keys: [] });
});
