import assert from 'node:assert/strict';
import { asJsonText } from '../../domain/json.ts';
import { ALL, type ConformanceCase, HOUR_MS, ids, isCode, NOW, session, view } from './fixtures.ts';
import { CONFORMANCE_CASES_OF_FILTERS } from './of-filters.ts';
import { CONFORMANCE_CASES_OF_MANY } from './of-many.ts';

export { NODES_CONFORMANCE_CASES, type NodesConformanceCase } from './of-nodes.ts';
export type { ConformanceCase };

/**
 * The conformance suite: checks the contract in `domain/store.ts` for one store, case by case. Every implementation of
 * `SessionStore` must pass it. Run each case on an empty, open store of its own, in any test runner:
 *
 * ```ts
 * import { test } from 'node:test';
 * import { CONFORMANCE_CASES } from './conformance.ts';
 *
 * for (const { name, run } of CONFORMANCE_CASES) {
 *   test(name, async () => run(await openEmptyStore()));
 * }
 * ```
 *
 * A store that several nodes can share must pass `NODES_CONFORMANCE_CASES` too.
 */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  {
    name: 'find, remove and update report an unknown id without an error',
    run: async (store) => {
      assert.equal(await store.find('nobody'), null);
      assert.equal(await store.remove('nobody'), null);
      assert.deepEqual(await store.update('nobody', { type: 'close', reason: 'closed' }, NOW), { outcome: 'missing' });
    },
  },
  {
    name: 'find returns a session with every property as it was inserted',
    run: async (store) => {
      const replaced = { auth_time: NOW - 9, auth_methods: ['pwd'], auth_level: 1 };
      const past = [{ hash: 'b'.repeat(64), nonce: 'n', grace_until: NOW + 5, replaced }];
      const full = session('full', {
        active_until: NOW + 7,
        auth_time: NOW - 3,
        auth_methods: ['pwd', 'otp'],
        auth_level: 2,
        token: { hash: 'a'.repeat(64), lineage: 'l', open_nonce: 'm', past },
        user_name: 'Zoë "Z" \\ 🦊',
        address: '2001:db8::1',
        client: "Robert'); DROP TABLE sessions;--",
        user: asJsonText('{"roles":["a","b"],"é":null}'),
        data: asJsonText(`"${'x'.repeat(65_534)}"`),
        expire_time: NOW + HOUR_MS,
      });
      const bare = session('bare');
      await store.insert(full, null, NOW);
      await store.insert(bare, null, NOW);
      assert.deepEqual({ ...(await store.find('full')) }, full);
      assert.deepEqual({ ...(await store.find('bare')) }, bare);
    },
  },
  {
    name: 'peek, if a store has it, returns the session that find would return, or none',
    run: async (store) => {
      const { peek } = store;
      if (!peek) return;
      const same = async () => {
        const peeked = peek.call(store, 'a');
        if (peeked !== undefined) assert.deepEqual(peeked, await store.find('a'));
      };
      await same();
      await store.insert(session('a'), null, NOW);
      for (const change of [
        () => store.update('a', { type: 'replace', member: 'data', value: asJsonText('1') }, NOW),
        () => store.update('a', { type: 'close', reason: 'closed' }, NOW),
        () => store.remove('a'),
      ]) {
        await store.find('a');
        await same();
        await change();
        await same();
      }
    },
  },
  {
    name: 'insert rejects an id that is taken, and does not change the existing session',
    run: async (store) => {
      await store.insert(session('a', { user_id: 'first' }), null, NOW);
      await assert.rejects(store.insert(session('a', { user_id: 'second' }), null, NOW), isCode('ID_TAKEN'));
      assert.equal((await store.find('a'))?.user_id, 'first');
      assert.equal((await store.list({}, ALL, NOW)).total, 1);
    },
  },
  {
    name: 'a caller that modifies a returned session does not modify the store',
    run: async (store) => {
      const inserted = { ...session('a', { data: asJsonText('1') }) };
      await store.insert(inserted, null, NOW);
      inserted.user_name = 'changed';
      Reflect.set((await store.find('a')) ?? {}, 'data', '2');
      assert.equal((await store.find('a'))?.data, '1');
      assert.equal((await store.find('a'))?.user_name, null);
    },
  },
  {
    name: 'replace changes one property, counts as activity and increases the revision',
    run: async (store) => {
      await store.insert(session('a', { user: asJsonText('1'), data: asJsonText('2') }), null, NOW);
      const result = await store.update('a', { type: 'replace', member: 'data', value: asJsonText('false') }, NOW + 5);
      const expected = {
        ...session('a', { user: asJsonText('1') }),
        data: 'false',
        request_time: NOW + 5,
        active_until: NOW + 5,
        revision: 2,
      };
      assert.equal(result.outcome, 'updated');
      assert.deepEqual({ ...result.session }, expected);
      assert.deepEqual({ ...(await store.find('a')) }, expected);
    },
  },
  {
    name: 'close deletes user and data, and a second close is refused',
    run: async (store) => {
      await store.insert(session('a', { user: asJsonText('1'), data: asJsonText('2') }), null, NOW);
      const first = await store.update('a', { type: 'close', reason: 'closed' }, NOW + 5);
      const second = await store.update('a', { type: 'close', reason: 'closed' }, NOW + 9);
      assert.equal(first.outcome, 'updated');
      assert.equal(second.outcome, 'refused');
      const times = { close_time: NOW + 5, request_time: NOW + 5, active_until: NOW + 5 };
      const expected = { ...times, close_reason: 'closed', revision: 2 };
      assert.deepEqual({ ...(await store.find('a')) }, { ...session('a'), ...expected });
    },
  },
  {
    name: 'replace is refused for a session that is closed or past its deadline',
    run: async (store) => {
      const change = { type: 'replace', member: 'data', value: asJsonText('1') } as const;
      await store.insert(session('closed'), null, NOW);
      await store.insert(session('idle'), null, NOW);
      await store.insert(session('expired', { expire_time: NOW + 10 }), null, NOW);
      await store.update('closed', { type: 'close', reason: 'closed' }, NOW);
      assert.equal((await store.update('closed', change, NOW + 1)).outcome, 'refused');
      assert.equal((await store.update('expired', change, NOW + 10)).outcome, 'refused');
      assert.equal((await store.update('idle', change, NOW + HOUR_MS)).outcome, 'refused');
      for (const id of ['closed', 'idle', 'expired']) assert.equal((await store.find(id))?.data, null);
    },
  },
  {
    name: 'a session is live until 1 ms before its deadline, and activity moves it',
    run: async (store) => {
      const change = { type: 'replace', member: 'user', value: asJsonText('1') } as const;
      await store.insert(session('a'), null, NOW);
      assert.equal((await store.update('a', change, NOW + HOUR_MS - 1)).outcome, 'updated');
      assert.equal((await store.list({ active: true }, ALL, NOW + 2 * HOUR_MS - 2)).total, 1);
      assert.equal((await store.list({ active: true }, ALL, NOW + 2 * HOUR_MS - 1)).total, 0);
    },
  },
  {
    name: 'remove returns the session once, and no list contains it afterwards',
    run: async (store) => {
      await store.insert(session('a', { data: asJsonText('1') }), null, NOW);
      assert.equal((await store.remove('a'))?.data, '1');
      assert.equal(await store.remove('a'), null);
      assert.equal(await store.find('a'), null);
      assert.deepEqual(await store.list({ user_id: 'user' }, ALL, NOW), { sessions: [], total: 0 });
    },
  },
  {
    name: 'lists are ordered by latest activity, then by id',
    run: async (store) => {
      for (const [id, age] of [
        ['c', 0],
        ['a', 0],
        ['b', 0],
        ['old', 20],
        ['new', -20],
      ] as const) {
        await store.insert(session(id, { request_time: NOW - age }), null, NOW);
      }
      assert.deepEqual(await ids(store, {}), ['new', 'a', 'b', 'c', 'old']);
      await store.update('old', { type: 'replace', member: 'data', value: asJsonText('1') }, NOW + 30);
      assert.deepEqual(await ids(store, {}), ['old', 'new', 'a', 'b', 'c']);
    },
  },
  {
    name: 'pages have no gap and no overlap, and the total counts all pages',
    run: async (store) => {
      for (let index = 0; index < 25; index += 1)
        await store.insert(session(`s${index}`, { request_time: NOW - index }), null, NOW);
      const pages = [0, 10, 20, 30].map((skip) => store.list({}, { skip, take: 10, total: true }, NOW));
      const found = await Promise.all(pages);
      assert.deepEqual(
        found.map((page) => page.sessions.length),
        [10, 10, 5, 0],
      );
      assert.deepEqual(
        found.map((page) => page.total),
        [25, 25, 25, 25],
      );
      assert.equal(new Set(found.flatMap((page) => page.sessions.map(({ id }) => id))).size, 25);
      assert.deepEqual(await store.list({}, { skip: 0, take: 0, total: false }, NOW), { sessions: [], total: null });
    },
  },
  {
    name: 'each filter narrows a list, alone and together; from_time is inclusive and to_time is not',
    run: async (store) => {
      await store.insert(session('a1', { user_id: 'a', request_time: NOW - 2 }), null, NOW);
      await store.insert(session('a2', { user_id: 'a', request_time: NOW - 1 }), null, NOW);
      await store.insert(session('b1', { user_id: 'b', request_time: NOW }), null, NOW);
      await store.update('a2', { type: 'close', reason: 'closed' }, NOW - 1);
      assert.deepEqual(await ids(store, { user_id: 'a' }), ['a2', 'a1']);
      assert.deepEqual(await ids(store, { user_id: 'nobody' }), []);
      assert.deepEqual(await ids(store, { active: true }), ['b1', 'a1']);
      assert.deepEqual(await ids(store, { active: false }), ['a2']);
      assert.deepEqual(await ids(store, { user_id: 'a', active: true }), ['a1']);
      assert.deepEqual(await ids(store, { from_time: NOW - 1 }), ['b1', 'a2']);
      assert.deepEqual(await ids(store, { to_time: NOW - 1 }), ['a1']);
      assert.deepEqual(await ids(store, { from_time: NOW - 1, to_time: NOW }), ['a2']);
      assert.deepEqual(await ids(store, { from_time: NOW, to_time: NOW - 2 }), []);
      assert.deepEqual(await ids(store, { id: 'a1' }), ['a1']);
      assert.deepEqual(await ids(store, { id: 'a1', user_id: 'b' }), []);
      assert.deepEqual(await ids(store, { id: 'a1', active: false }), []);
      assert.deepEqual(await ids(store, { id: 'a1', to_time: NOW - 2 }), []);
    },
  },
  {
    name: '[U-11] an expired session is not active in any list, before and after a sweep',
    run: async (store) => {
      await store.insert(session('idle'), null, NOW);
      await store.insert(session('absolute', { expire_time: NOW + 10 }), null, NOW);
      await store.insert(session('live', { idle_timeout_ms: 3 * HOUR_MS }), null, NOW);
      const later = NOW + HOUR_MS;
      const before = [await ids(store, { active: true }, later), await ids(store, { active: false }, later)];
      const views = await Promise.all(['idle', 'absolute', 'live'].map((id) => view(store, id, later)));
      await store.expire(later, 100);
      const after = [await ids(store, { active: true }, later), await ids(store, { active: false }, later)];
      assert.deepEqual(before, [['live'], ['absolute', 'idle']]);
      assert.deepEqual(after, before);
      assert.deepEqual(await Promise.all(['idle', 'absolute', 'live'].map((id) => view(store, id, later))), views);
    },
  },
  {
    name: 'expire closes at the deadline, keeps the last activity and respects its limit',
    run: async (store) => {
      for (const id of ['a', 'b', 'c']) await store.insert(session(id, { data: asJsonText('1') }), null, NOW);
      await store.insert(session('d', { expire_time: NOW + 7 }), null, NOW);
      const later = NOW + 5 * HOUR_MS;
      assert.equal((await store.expire(NOW + 6, 100)).count, 0);
      assert.equal((await store.expire(later, 3)).count, 3);
      assert.equal((await store.expire(later, 3)).count, 1);
      assert.equal((await store.expire(later, 3)).count, 0);
      const idle = { close_time: NOW + HOUR_MS, close_reason: 'idle', closed_by: 'policy', revision: 2 };
      assert.deepEqual({ ...(await store.find('a')) }, { ...session('a'), ...idle });
      const end = { close_time: NOW + 7, close_reason: 'expired', closed_by: 'policy' };
      const expired = { ...end, revision: 2, expire_time: NOW + 7 };
      assert.deepEqual({ ...(await store.find('d')) }, { ...session('d'), ...expired });
    },
  },
  {
    name: '[U-03] parallel changes to a session all take effect, and none after its close',
    run: async (store) => {
      await store.insert(session('a'), null, NOW);
      const store50 = () =>
        Array.from({ length: 50 }, (_, n) =>
          store.update('a', { type: 'replace', member: 'data', value: asJsonText(String(n)) }, NOW + 1),
        );
      const before = store50();
      const closing = store.update('a', { type: 'close', reason: 'closed' }, NOW + 1);
      const after = store50();
      const outcomes = (await Promise.all([...before, closing, ...after])).map(({ outcome }) => outcome);
      const updated = outcomes.filter((outcome) => outcome === 'updated').length;
      const stored = await store.find('a');
      assert.equal(stored?.revision, 1 + updated);
      assert.equal(stored?.data, null);
      assert.equal(stored?.close_reason, 'closed');
      assert.equal((await closing).outcome, 'updated');
    },
  },
  {
    name: 'a lease can be taken, renewed, released and taken again by one holder',
    run: async (store) => {
      assert.equal(await store.lease('a', 1_000, NOW), true);
      assert.equal(await store.lease('a', 1_000, NOW + 999), true);
      assert.equal(await store.lease('a', 1_000, NOW + 1_998), true);
      await store.lease('a', 0, NOW + 1_999);
      assert.equal(await store.lease('a', 1_000, NOW + 1_999), true);
    },
  },
  ...CONFORMANCE_CASES_OF_MANY,
  ...CONFORMANCE_CASES_OF_FILTERS,
];
