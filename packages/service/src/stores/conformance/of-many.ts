import assert from 'node:assert/strict';
import type { SessionChange } from '../../domain/changes.ts';
import { asJsonText } from '../../domain/json.ts';
import type { CloseMatching, LimitPolicy, ScanKey, SessionFilter, SessionStore } from '../../domain/store.ts';
import { type ConformanceCase, HOUR_MS, isCode, NOW, session } from './fixtures.ts';

const SCAN_STEPS_MAX = 100;

/** The cases for tokens, limits, scans, bulk changes, hourly counts and the feed. */
export const CONFORMANCE_CASES_OF_MANY: readonly ConformanceCase[] = [
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
    name: 'a scan returns each session once, newest first, despite changes between pages',
    run: async (store) => {
      for (let n = 0; n < 25; n += 1) {
        const open_time = NOW - Math.floor(n / 2);
        await store.insert(session(`s${String(n).padStart(2, '0')}`, { open_time }), null, NOW);
      }
      const seen: string[] = [];
      let after: ScanKey | null = null;
      do {
        const page = await store.scan({}, after, 4, NOW + 1);
        seen.push(...page.sessions.map(({ id }) => id));
        after = page.next;
        await store.update('s20', { type: 'replace', member: 'data', value: asJsonText('1') }, NOW + 1);
        await store.insert(session(`new${seen.length}`, { open_time: NOW + 1 }), null, NOW + 1);
        if (seen.length === 8) await store.remove('s03');
      } while (after);
      assert.deepEqual(
        seen,
        Array.from({ length: 25 }, (_, n) => `s${String(n).padStart(2, '0')}`),
      );
    },
  },
  {
    name: 'a filter selects the same in scan, count and bulk close, before and after expire',
    run: async (store) => {
      const actor = { actor_type: 'agent', actor_id: 'bot' } as const;
      await store.insert(session('a', { user_id: 'x', client: 'app', address: '::1', ...actor }), null, NOW);
      const named = { user_name: 'Zoë Ann', address: '10.1.2.3' };
      await store.insert(session('b', { client: 'app', request_time: NOW + 1, ...named }), null, NOW);
      await store.insert(session('idle', { idle_timeout_ms: 5 }), null, NOW);
      await store.insert(session('expired', { expire_time: NOW + 5 }), null, NOW);
      await store.insert(session('both', { idle_timeout_ms: 5, expire_time: NOW + 5 }), null, NOW);
      await store.insert(session('revoked'), null, NOW);
      await store.update('revoked', { type: 'close', reason: 'revoked', by: 'Ann' }, NOW);
      const cases: readonly (readonly [SessionFilter, readonly string[]])[] = [
        [{}, ['a', 'b', 'both', 'expired', 'idle', 'revoked']],
        [{ user_id: 'x' }, ['a']],
        [{ user_id: 'user', active: true }, ['b']],
        [{ active: true }, ['a', 'b']],
        [{ active: false }, ['both', 'expired', 'idle', 'revoked']],
        [{ close_reason: 'idle' }, ['idle']],
        [{ close_reason: 'expired' }, ['both', 'expired']],
        [{ close_reason: 'revoked' }, ['revoked']],
        [{ close_reason: 'revoked', active: true }, []],
        [{ client: 'app' }, ['a', 'b']],
        [{ client: 'app', address: '::1' }, ['a']],
        [{ address: '0:0:0:0:0:0:0:1' }, ['a']],
        [{ address: '10.0.0.0/8' }, ['b']],
        [{ address: '10.1.2.3/32', active: true }, ['b']],
        [{ address: '11.0.0.0/8' }, []],
        [{ address: '::/0' }, ['a']],
        [{ user_name: 'zoË' }, ['b']],
        [{ user_name: 'Ann' }, []],
        [{ actor_id: 'bot' }, ['a']],
        [{ actor_id: 'bot', user_id: 'user' }, []],
        [{ actor_type: 'agent' }, ['a']],
        [{ actor_type: 'user' }, []],
        [{ closed_by: 'policy' }, ['both', 'expired', 'idle']],
        [{ closed_by: 'Ann' }, ['revoked']],
        [{ expires_before: NOW + HOUR_MS + 1 }, ['a']],
        [{ expires_after: NOW + HOUR_MS + 1 }, ['b']],
        [{ expires_after: NOW, expires_before: NOW + 2 * HOUR_MS }, ['a', 'b']],
        [{ expires_after: NOW, close_reason: 'revoked' }, []],
        [{ from_time: NOW + 1 }, ['b']],
        [{ to_time: NOW + 1, active: true }, ['a']],
        [{ id: 'a', user_id: 'user' }, []],
      ];
      for (const round of ['before', 'after'] as const) {
        for (const [filter, expected] of cases) {
          assert.deepEqual(await scanned(store, filter), expected, `${round} the sweep: ${JSON.stringify(filter)}`);
          assert.equal(await store.count(filter, NOW + 5), expected.length);
          const { ids } = await store.closeMatching({ ...EVERYTHING, filter, dry_run: true }, NOW + 5);
          assert.deepEqual(
            ids.toSorted(),
            expected.filter((id) => id === 'a' || id === 'b'),
          );
        }
        await store.expire(NOW + 5, 100);
      }
    },
  },
  {
    name: '[ASVS-7.4.2] a bulk close ends matching live sessions, minus exceptions, up to its limit',
    run: async (store) => {
      for (const id of ['a', 'b', 'c', 'd']) await store.insert(session(id, { data: asJsonText('1') }), null, NOW);
      await store.insert(session('idle', { idle_timeout_ms: 5 }), null, NOW);
      const close = (limit: number) =>
        store.closeMatching({ ...EVERYTHING, filter: { user_id: 'user' }, except: ['b'], limit }, NOW + 5);
      assert.deepEqual(await close(2), { ids: ['a', 'c'], more: true });
      assert.deepEqual(await close(2), { ids: ['d'], more: false });
      const closed = await store.find('a');
      assert.deepEqual([closed?.close_reason, closed?.close_time, closed?.data], ['revoked', NOW + 5, null]);
      assert.equal((await store.find('b'))?.close_time, null);
      assert.equal(await store.count({ close_reason: 'idle' }, NOW + 5), 1);
    },
  },
  {
    name: 'a bulk close of named sessions ends those that match, and returns only these',
    run: async (store) => {
      for (const id of ['a', 'b', 'c', 'd']) await store.insert(session(id), null, NOW);
      await store.insert(session('other', { user_id: 'other' }), null, NOW);
      await store.update('d', { type: 'close', reason: 'closed' }, NOW);
      const request = { ...EVERYTHING, filter: { user_id: 'user' }, only: ['c', 'other', 'a', 'd', 'none', 'a'] };
      assert.deepEqual((await store.closeMatching({ ...request, dry_run: true }, NOW + 5)).ids, ['a', 'c']);
      assert.deepEqual(await store.closeMatching({ ...request, only: [] }, NOW + 5), { ids: [], more: false });
      assert.deepEqual(await store.closeMatching({ ...request, limit: 1 }, NOW + 5), { ids: ['a'], more: true });
      assert.deepEqual(await store.closeMatching({ ...request, except: ['c'] }, NOW + 5), { ids: [], more: false });
      assert.deepEqual(await store.closeMatching(request, NOW + 5), { ids: ['c'], more: false });
      assert.equal(await store.count({ active: true }, NOW + 5), 2);
      assert.equal((await store.find('d'))?.close_reason, 'closed');
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

const EVERYTHING: CloseMatching = { filter: {}, except: [], reason: 'revoked', limit: 100, dry_run: false };

async function evictedBy(inserted: Promise<readonly { id: string; close_reason: string | null }[]>): Promise<string[]> {
  return (await inserted).map(({ id, close_reason }) => `${id} ${close_reason}`);
}

/** The ids of all pages of a scan in pages of two, sorted. */
async function scanned(store: SessionStore, filter: SessionFilter): Promise<string[]> {
  const found: string[] = [];
  let after: ScanKey | null = null;
  for (let step = 0; step < SCAN_STEPS_MAX; step += 1) {
    const page: Awaited<ReturnType<SessionStore['scan']>> = await store.scan(filter, after, 2, NOW + 5);
    found.push(...page.sessions.map(({ id }) => id));
    if (page.next === null) return found.toSorted();
    after = page.next;
  }
  throw new Error(`The scan did not end within ${SCAN_STEPS_MAX} pages.`);
}
