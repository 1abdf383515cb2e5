import assert from 'node:assert/strict';
import { asJsonText } from '../../domain/json.ts';
import type { ScanKey, SessionFilter, SessionStore } from '../../domain/store.ts';
import { type ConformanceCase, EVERYTHING, HOUR_MS, NOW, session } from './fixtures.ts';

const SCAN_STEPS_MAX = 100;

/** The selection of sessions: scans, counts and bulk closes by every filter. */
export const CONFORMANCE_CASES_OF_FILTERS: readonly ConformanceCase[] = [
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
      await store.insert(
        session('b', { client: 'app', open_time: NOW + 1, request_time: NOW + 1, ...named }),
        null,
        NOW,
      );
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
        [{ opened_after: NOW + 1 }, ['b']],
        [{ opened_before: NOW + 1, active: true }, ['a']],
        [{ opened_after: NOW, opened_before: NOW }, []],
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
];

/** The ids of all sessions that match, page by page, sorted. */
export async function scanned(store: SessionStore, filter: SessionFilter): Promise<string[]> {
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
