import assert from 'node:assert/strict';
import type { SessionChange } from '../../domain/changes.ts';
import { newSessionId } from '../../domain/ids.ts';
import { asJsonText } from '../../domain/json.ts';
import type { LimitPolicy } from '../../domain/store.ts';
import { ALL, type ConformanceCase, EVERYTHING, HOUR_MS, ids, isCode, NOW, session } from './fixtures.ts';
import { scanned } from './of-filters.ts';

/** The cases for tokens, limits, scans, bulk changes, hourly counts and the feed. */
export const CONFORMANCE_CASES_OF_MANY: readonly ConformanceCase[] = [
  {
    name: 'removeOfUser deletes all sessions of one user, live and ended, in bounded steps',
    run: async (store) => {
      for (const id of ['a', 'b', 'closed', newSessionId('u')]) {
        await store.insert(session(id, { user_id: 'u', data: asJsonText('1') }), null, NOW);
      }
      await store.insert(session('due', { user_id: 'u', idle_timeout_ms: 5 }), null, NOW);
      await store.insert(session('other'), null, NOW);
      await store.update('closed', { type: 'close', reason: 'closed' }, NOW);
      const published: string[] = [];
      const stop = store.watch((change) => void published.push(change.type));
      let count = 0;
      let live = 0;
      for (let more = true, step = 0; more && step < 9; step += 1) {
        const removed = await store.removeOfUser('u', 2, NOW + 5);
        assert.ok(removed.count <= 2);
        count += removed.count;
        live += removed.live;
        more = removed.more;
      }
      stop();
      assert.deepEqual([count, live, published], [5, 3, Array.from({ length: 5 }, () => 'removed')]);
      assert.deepEqual(await store.removeOfUser('u', 2, NOW + 5), { count: 0, live: 0, more: false });
      assert.deepEqual(await ids(store, {}), ['other']);
      assert.deepEqual(await store.list({ user_id: 'u' }, ALL, NOW), { sessions: [], total: 0 });
      assert.equal(await store.count({ active: true }, NOW), 1);
    },
  },
  {
    name: 'of parallel changes that expect one revision, only the first succeeds',
    run: async (store) => {
      await store.insert(session('a'), null, NOW);
      const change = (n: number) =>
        store.update('a', { type: 'replace', member: 'data', value: asJsonText(String(n)), revision: 1 }, NOW);
      const outcomes = (await Promise.all([change(1), change(2), change(3)])).map(({ outcome }) => outcome);
      assert.deepEqual(outcomes, ['updated', 'conflict', 'conflict']);
      assert.equal((await store.find('a'))?.data, '1');
      assert.equal((await store.find('a'))?.revision, 2);
    },
  },
  {
    name: 'a merge patch changes the properties it names, up to bytes_max, and is activity',
    run: async (store) => {
      await store.insert(session('a', { data: asJsonText('{"a":1,"b":{"c":2}}') }), null, NOW);
      const patch = (text: string) =>
        store.update('a', { type: 'patch', patch: asJsonText(text), bytes_max: 30 }, NOW + 1);
      assert.equal((await patch('{"a":null,"b":{"d":"é"}}')).outcome, 'updated');
      assert.equal((await patch(`{"e":"${'é'.repeat(20)}"}`)).outcome, 'too_large');
      const stored = await store.find('a');
      assert.deepEqual([stored?.data, stored?.revision, stored?.request_time], ['{"b":{"c":2,"d":"é"}}', 2, NOW + 1]);
      await patch('null');
      assert.equal((await store.find('a'))?.data, null);
    },
  },
  {
    name: 'a touch moves the activity without a new revision, once per activity window',
    run: async (store) => {
      await store.insert(session('a'), null, NOW);
      const touch = (now: number) => store.update('a', { type: 'touch', touch_window_ms: 100 }, now);
      assert.equal((await touch(NOW)).outcome, 'unchanged');
      assert.equal((await touch(NOW + 1)).outcome, 'updated');
      assert.equal((await touch(NOW + 101)).outcome, 'unchanged');
      const stored = await store.find('a');
      assert.deepEqual([stored?.request_time, stored?.active_until, stored?.revision], [NOW + 1, NOW + 101, 1]);
      assert.equal(await store.count({ active: true }, NOW + 100 + HOUR_MS), 1);
      assert.equal(await store.count({ active: true }, NOW + 101 + HOUR_MS), 0);
      assert.equal((await touch(NOW + 101 + HOUR_MS)).outcome, 'refused');
    },
  },
  {
    name: 'of parallel rotations of one token, one succeeds and all return its result',
    run: async (store) => {
      await store.insert(session('a', { token: { hash: 'h0', lineage: null, open_nonce: null, past: [] } }), null, NOW);
      const rotate = (n: number) =>
        store.update(
          'a',
          {
            type: 'rotate',
            from_hash: 'h0',
            to_hash: `h${n}`,
            nonce: `n${n}`,
            grace_until: NOW + 9,
            authentication: { auth_time: NOW + 1, auth_methods: ['otp'], auth_level: n },
          },
          NOW + 1,
        );
      const results = await Promise.all([rotate(1), rotate(2), rotate(3)]);
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        ['updated', 'conflict', 'conflict'],
      );
      const replaced = { auth_time: NOW, auth_methods: [], auth_level: null };
      const past = [{ hash: 'h0', nonce: 'n1', grace_until: NOW + 9, replaced }];
      for (const result of results) {
        assert.deepEqual('session' in result && result.session.token, {
          hash: 'h1',
          lineage: null,
          open_nonce: null,
          past,
        });
      }
      const stored = await store.find('a');
      assert.deepEqual([stored?.auth_methods, stored?.auth_level, stored?.revision], [['otp'], 1, 2]);
    },
  },
  {
    name: 'a limit rejects, or evicts the oldest or idlest, and ignores ended sessions',
    run: async (store) => {
      const open = (id: string, policy: LimitPolicy, at: number, user_id = 'user') =>
        store.insert(session(id, { user_id, open_time: at, request_time: at }), { max: 2, policy }, at);
      await open('a', 'deny', NOW);
      await open('b', 'deny', NOW + 1);
      await assert.rejects(open('c', 'deny', NOW + 2), isCode('SESSION_LIMIT'));
      await assert.rejects(open('a', 'deny', NOW + 2), isCode('ID_TAKEN'));
      assert.equal(await store.find('c'), null);
      assert.deepEqual(await open('x', 'deny', NOW + 2, 'other'), []);
      await store.update('a', { type: 'replace', member: 'data', value: asJsonText('1') }, NOW + 3);
      assert.deepEqual(await evictedBy(open('d', 'evict_oldest', NOW + 4)), ['a evicted']);
      assert.deepEqual(await evictedBy(open('e', 'evict_idle', NOW + 5)), ['b evicted']);
      await store.update('d', { type: 'replace', member: 'data', value: asJsonText('1') }, NOW + 6);
      assert.deepEqual(await evictedBy(open('f', 'evict_idle', NOW + 7)), ['e evicted']);
      const later = NOW + 7 + HOUR_MS;
      assert.deepEqual(await evictedBy(open('g', 'evict_oldest', later)), []);
      assert.equal(await store.count({ user_id: 'user', active: true }, later), 1);
    },
  },
  {
    name: 'a limit holds during parallel inserts, and a lowered limit evicts the excess',
    run: async (store) => {
      const limit = { max: 3, policy: 'evict_oldest' } as const;
      const opens = Array.from({ length: 40 }, async (_, n) => {
        await store.insert(session(`s${String(n).padStart(2, '0')}`), limit, NOW);
        return store.count({ user_id: 'user', active: true }, NOW);
      });
      assert.ok((await Promise.all(opens)).every((live) => live <= 3));
      const evicted = await store.insert(session('t'), { max: 1, policy: 'evict_idle' }, NOW);
      assert.deepEqual([evicted.length, await store.count({ active: true }, NOW)], [3, 1]);
      assert.equal((await store.find('t'))?.close_time, null);
    },
  },
  {
    name: 'purge deletes ended sessions, oldest end first, and never an open session',
    run: async (store) => {
      for (const id of ['a', 'b', 'c', 'open']) await store.insert(session(id), null, NOW);
      for (const [n, id] of ['a', 'b', 'c'].entries()) {
        await store.update(id, { type: 'close', reason: 'closed' }, NOW + n);
      }
      assert.equal(await store.purge(NOW + 2, 1), 1);
      assert.equal(await store.find('a'), null);
      assert.equal(await store.purge(NOW + 2, 10), 1);
      assert.equal(await store.purge(NOW + 9 * HOUR_MS, 10), 1);
      assert.deepEqual(await scanned(store, {}), ['open']);
    },
  },
  {
    name: 'opened and closed sessions are counted by the hour',
    run: async (store) => {
      await store.insert(session('a'), null, NOW);
      await store.insert(session('b', { open_time: NOW + HOUR_MS, request_time: NOW + HOUR_MS }), null, NOW + HOUR_MS);
      await store.update('b', { type: 'close', reason: 'closed' }, NOW + HOUR_MS);
      await store.expire(NOW + HOUR_MS, 10);
      const second = { hour: NOW + HOUR_MS, opened: 1, closed: { closed: 1, idle: 1 } };
      assert.deepEqual(await store.hours(NOW), [second, { hour: NOW, opened: 1, closed: {} }]);
      assert.deepEqual(await store.hours(NOW + 1), [second]);
    },
  },
  {
    name: 'each change except a touch is published once, after reads can see it',
    run: async (store) => {
      const published: string[] = [];
      const listener = (change: SessionChange) =>
        void published.push(change.type === 'changed' ? `${change.id} ${change.close_reason}` : change.type);
      const stop = store.watch(listener);
      await store.insert(session('a'), null, NOW);
      await store.update('a', { type: 'touch', touch_window_ms: 5 }, NOW + 1);
      await store.update('a', { type: 'replace', member: 'data', value: asJsonText('1') }, NOW + 1);
      await store.insert(session('b'), { max: 1, policy: 'evict_oldest' }, NOW + 1);
      await store.closeMatching({ ...EVERYTHING, dry_run: true }, NOW + 1);
      await store.closeMatching(EVERYTHING, NOW + 1);
      await store.insert(session('c'), null, NOW + 1);
      await store.expire(NOW + 2 * HOUR_MS, 10);
      await store.remove('c');
      assert.deepEqual(published.toSorted(), [
        'a evicted',
        'a null',
        'a null',
        'b null',
        'b revoked',
        'c idle',
        'c null',
        'removed',
      ]);
      stop();
      await store.remove('a');
      assert.equal(published.length, 8);
    },
  },
];

async function evictedBy(inserted: Promise<readonly { id: string; close_reason: string | null }[]>): Promise<string[]> {
  return (await inserted).map(({ id, close_reason }) => `${id} ${close_reason}`);
}

/** The ids of all pages of a scan in pages of two, sorted. */
