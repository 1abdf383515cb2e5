import assert from 'node:assert/strict';
import { DAY_MS, fromNow, fulfilled, HOUR_MS, inParallel, isProblem } from './expectations.ts';
import type { UseCase } from './world.ts';

const KEY = 'a key that is random, and known to one caller'.replaceAll(' ', '-');

/** Timeouts in open requests, and repeated open requests. */
export const OPENING_CASES: readonly UseCase[] = [
  {
    name: '[ASVS-7.1.1] timeouts above the maxima are rejected',
    settings: { idle_timeout_ms: 60_000, idle_timeout_ms_max: HOUR_MS, lifetime_ms_max: DAY_MS },
    run: async (world) => {
      const { sessions } = world;
      assert.equal((await sessions.open({ user_id: 'u' })).session.expire_time, fromNow(world, DAY_MS));
      const most = { idle_timeout: 3600, expire_time: fromNow(world, DAY_MS) };
      const { session } = await sessions.open({ user_id: 'u', ...most });
      assert.deepEqual([session.idle_timeout, session.expire_time], [most.idle_timeout, most.expire_time]);
      for (const [member, value] of [
        ['idle_timeout', 3601],
        ['expire_time', fromNow(world, DAY_MS + 1)],
        ['expire_time', null],
        ['expire_time', fromNow(world, 0)],
      ] as const) {
        const opening = sessions.open({ user_id: 'u', [member]: value });
        await assert.rejects(opening, isProblem('INVALID_DATA', { members: [member] }));
      }
      assert.equal(await sessions.count(), 2);
    },
  },
  {
    name: 'a repeated open request opens one session with one token, also in parallel',
    run: async ({ sessions }) => {
      const request = { user_id: 'u', data: { cart: [] } };
      const opened = fulfilled(await inParallel(10, () => sessions.open(request, { idempotency_key: KEY })));
      assert.equal(opened.length, 10);
      assert.equal(new Set(opened.map(({ token }) => token)).size, 1);
      assert.equal(await sessions.count(), 1);
      const [first] = opened;
      assert.deepEqual(await sessions.open(request, { idempotency_key: KEY }), first);
      assert.equal((await sessions.validate(first?.token ?? '')).active, true);
    },
  },
  {
    name: 'another user or another idempotency key opens another session',
    run: async ({ sessions }) => {
      const first = await sessions.open({ user_id: 'u' }, { idempotency_key: KEY });
      const others = [
        await sessions.open({ user_id: 'v' }, { idempotency_key: KEY }),
        await sessions.open({ user_id: 'u' }, { idempotency_key: `${KEY}2` }),
        await sessions.open({ user_id: 'u' }),
      ];
      const ids = [first, ...others].map(({ session }) => session.id);
      assert.equal(new Set(ids).size, 4);
    },
  },
  {
    name: 'an open request that is repeated after a rotation returns the first token',
    run: async ({ sessions }) => {
      const first = await sessions.open({ user_id: 'u' }, { idempotency_key: KEY });
      const rotated = await sessions.rotate({ token: first.token });
      const again = await sessions.open({ user_id: 'u' }, { idempotency_key: KEY });
      assert.deepEqual([again.token, again.session.revision], [first.token, 2]);
      assert.equal((await sessions.rotate({ token: again.token })).token, rotated.token);
    },
  },
  {
    name: 'an open request that is repeated after the grace of its token is rejected',
    run: async ({ sessions, clock }) => {
      const first = await sessions.open({ user_id: 'u' }, { idempotency_key: KEY });
      const rotated = await sessions.rotate({ token: first.token });
      clock.advance(30_000);
      await assert.rejects(sessions.open({ user_id: 'u' }, { idempotency_key: KEY }), isProblem('KEY_USED'));
      let { token } = rotated;
      for (let n = 0; n < 9; n += 1) ({ token } = await sessions.rotate({ token }));
      await assert.rejects(sessions.open({ user_id: 'u' }, { idempotency_key: KEY }), isProblem('KEY_USED'));
      assert.equal((await sessions.validate(token)).active, true);
    },
  },
  {
    name: 'an open request that is repeated after the end returns the ended session',
    run: async ({ sessions }) => {
      const { session } = await sessions.open({ user_id: 'u' }, { idempotency_key: KEY });
      await sessions.close(session.id);
      const again = await sessions.open({ user_id: 'u' }, { idempotency_key: KEY });
      assert.deepEqual([again.session.id, again.session.close_reason], [session.id, 'closed']);
      assert.deepEqual(await sessions.validate(again.token), { active: false, reason: 'closed' });
    },
  },
  ...(['deny', 'evict_oldest', 'evict_idle'] as const).map(
    (policy): UseCase => ({
      name: `a repeated open request does not count twice: at the limit ${policy} does nothing`,
      settings: { limit: { max: 2, policy } },
      run: async ({ sessions }) => {
        const { session } = await sessions.open({ user_id: 'u' });
        const first = await sessions.open({ user_id: 'u' }, { idempotency_key: KEY });
        const again = await sessions.open({ user_id: 'u' }, { idempotency_key: KEY });
        assert.deepEqual(again, first);
        assert.equal((await sessions.get(session.id))?.active, true);
      },
    }),
  ),
];
