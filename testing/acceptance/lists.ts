import assert from 'node:assert/strict';
import type { SessionFilter } from '@pip-sessions/client';
import { fromNow, idsOf, isProblem, SECOND_MS } from './expectations.ts';
import type { UseCase, World } from './world.ts';

/** A list has every matching session exactly once. */
export const LIST_CASES: readonly UseCase[] = [
  {
    name: 'a list shows the newest first, without user, data and token',
    run: async ({ sessions, clock }) => {
      const first = await sessions.open({ user_id: 'u', user: 1, data: 2 });
      clock.advance(1);
      const second = await sessions.open({ user_id: 'v', auth_methods: ['pwd'] });
      await sessions.replaceData(first.session.id, 3);
      const { items, ...rest } = await sessions.list();
      const [listed, older] = items;
      const { user, data, ...summary } = second.session;
      assert.deepEqual([user, data, listed], [null, null, summary]);
      assert.deepEqual([older?.id, older?.revision], [first.session.id, 2]);
      assert.deepEqual(rest, { next_cursor: null });
    },
  },
  {
    name: '[ASVS-7.5.2] filters narrow a list alone and combined; only from_time is inclusive',
    run: async (world) => {
      const { sessions, list, earlier, later } = await withFour(world);
      assert.equal(await list({}), 'dcba');
      assert.equal(await list({ user_id: 'u' }), 'ca');
      assert.equal(await list({ user_id: 'nobody' }), '');
      assert.equal(await list({ active: true }), 'dba');
      assert.equal(await list({ active: false }), 'c');
      assert.equal(await list({ client: 'app' }), 'cb');
      assert.equal(await list({ client: 'ap' }), '');
      assert.equal(await list({ address: '::1' }), 'ba');
      assert.equal(await list({ close_reason: 'revoked' }), 'c');
      assert.equal(await list({ close_reason: 'closed' }), '');
      assert.equal(await list({ close_reason: 'revoked', active: true }), '');
      assert.equal(await list({ from_time: later }), 'dc');
      assert.equal(await list({ to_time: later }), 'ba');
      assert.equal(await list({ from_time: earlier, to_time: later }), 'ba');
      assert.equal(await list({ from_time: later, to_time: earlier }), '');
      assert.equal(await list({ client: 'app', address: '::1', active: true, user_id: 'v' }), 'b');
      assert.equal(await sessions.count({ user_id: 'u', client: 'app' }), 1);
    },
  },
  {
    name: '[U-02] count, total and list agree for every combination of filters',
    run: async (world) => {
      const { sessions, later } = await withFour(world);
      const everything = (await sessions.list()).items;
      const combinations = product([
        [{}, { user_id: 'u' }],
        [{}, { active: true }, { active: false }],
        [{}, { client: 'app' }],
        [{}, { address: '::1' }],
        [{}, { close_reason: 'revoked' }],
        [{}, { from_time: later }, { to_time: later }],
      ]);
      assert.equal(combinations.length, 144);
      for (const filter of combinations) {
        const { from_time = '', to_time = '9', ...exact } = filter;
        const expected = everything
          .filter(({ request_time }) => request_time >= from_time && request_time < to_time)
          .filter((session) => Object.entries(exact).every(([name, value]) => Reflect.get(session, name) === value));
        const text = JSON.stringify(filter);
        const { items, total } = await sessions.list({ ...filter, total: true });
        assert.deepEqual(items, expected, text);
        assert.equal(total, expected.length, text);
        assert.equal(await sessions.count(filter), expected.length, text);
      }
    },
  },
  {
    name: 'paging returns each session that stays exactly once, while others come and go',
    run: async ({ sessions, clock }) => {
      const ids: string[] = [];
      for (let n = 0; n < 25; n += 1) {
        ids.unshift((await sessions.open({ user_id: `u${n}` })).session.id);
        // Some are opened at the same moment.
        if (n % 3 === 0) clock.advance(10);
      }
      const { items } = await sessions.list();
      const order = items.map(({ id }) => id);
      assert.deepEqual(order.toSorted(), ids.toSorted());
      const seen: string[] = [];
      for await (const { id } of sessions.all({ limit: 4 })) {
        seen.push(id);
        if (seen.length % 4 !== 2) continue;
        clock.advance(1000);
        await sessions.open({ user_id: 'new' });
        await sessions.touch(order[24] ?? '');
        await sessions.close(order[22] ?? '');
        // The last session of the current page: the next page continues from its place.
        await sessions.remove(order[seen.length + 1] ?? '');
      }
      assert.deepEqual(seen, order);
    },
  },
  {
    name: 'a stopped iteration has returned the newest sessions in order',
    run: async ({ sessions, clock }) => {
      for (let n = 0; n < 6; n += 1) {
        await sessions.open({ user_id: String(n) });
        clock.advance(1);
      }
      const users: string[] = [];
      for await (const { user_id } of sessions.all({ limit: 2, active: true })) {
        users.push(user_id);
        if (users.length === 3) break;
      }
      assert.deepEqual(users, ['5', '4', '3']);
    },
  },
  {
    name: "[B-12] pages never exceed the service's limit, and paging skips no session",
    settings: { page_size_max: 10 },
    run: async (world) => {
      const { sessions } = world;
      for (let n = 0; n < 23; n += 1) await sessions.open({ user_id: 'u' });
      for (const limit of [{}, { limit: 11 }, { limit: 10_000 }]) {
        const sizes: number[] = [];
        let cursor: string | null | undefined;
        do {
          const page = await sessions.list({ ...limit, ...(cursor && { cursor }), total: true });
          sizes.push(page.items.length);
          assert.equal(page.total, 23);
          cursor = page.next_cursor;
        } while (cursor !== null && sizes.length < 4);
        assert.deepEqual(sizes, [10, 10, 3]);
      }
      assert.equal((await sessions.list({ limit: 1 })).items.length, 1);
      assert.equal(new Set(await idsOf(world)).size, 23);
    },
  },
  {
    name: 'an invalid cursor is rejected by name',
    run: async ({ sessions }) => {
      for (const cursor of ['x', 'MTIz', '0', '!']) {
        await assert.rejects(sessions.list({ cursor }), isProblem('INVALID_DATA', { members: ['cursor'] }));
      }
    },
  },
];

/** Opens a and b, and c and d a second later; c is revoked. Also returns when a and c were opened. */
async function withFour(world: World) {
  const { sessions, clock } = world;
  const names = new Map<string, string>();
  const open = async (name: string, user_id: string, client: string, address: string) => {
    const { session } = await sessions.open({ user_id, client, address });
    names.set(session.id, name);
    clock.advance(1);
    return session;
  };
  const { open_time: earlier } = await open('a', 'u', 'web', '::1');
  await open('b', 'v', 'app', '::1');
  clock.advance(SECOND_MS);
  const later = fromNow(world, 0);
  const { session } = await sessions.open({ user_id: 'u', client: 'app', address: '::2' });
  names.set(session.id, 'c');
  await sessions.close(session.id, { reason: 'revoked' });
  clock.advance(1);
  await open('d', 'v', 'web', '::2');
  const list = async (filter: SessionFilter) => (await idsOf(world, filter)).map((id) => names.get(id)).join('');
  return { sessions, list, earlier, later };
}

/** Every combination of one filter from each array. */
function product(choices: readonly (readonly SessionFilter[])[]): readonly SessionFilter[] {
  return choices.reduce<readonly SessionFilter[]>(
    (all, members) => all.flatMap((filter) => members.map((member) => ({ ...filter, ...member }))),
    [{}],
  );
}
