import assert from 'node:assert/strict';
import { DAY_MS, endOf, fromNow, fulfilled, HOUR_MS, inParallel, isProblem, SECOND_MS } from './expectations.ts';
import type { UseCase } from './world.ts';

/** Updates of a session's timeouts and device. */
export const AMENDMENT_CASES: readonly UseCase[] = [
  {
    name: 'an update changes only the given properties and does not count as activity',
    run: async ({ sessions, clock }) => {
      const { session } = await sessions.open({ user_id: 'u', user_name: 'Ann', address: 'a', client: 'c', data: 1 });
      clock.advance(SECOND_MS);
      const renamed = await sessions.update(session.id, { user_name: 'Anne', client: null });
      assert.deepEqual(renamed, {
        ...session,
        ...{ user_name: 'Anne', client: null, revision: 2, expires_in: session.idle_timeout - 1 },
      });
      assert.deepEqual(await sessions.get(session.id), renamed);
      const [listed] = (await sessions.list({ user_id: 'u' })).items;
      assert.deepEqual([listed?.user_name, listed?.address, listed?.client], ['Anne', 'a', null]);
      await sessions.update(session.id, { address: '::1' });
      assert.equal(await sessions.count({ address: '::1' }), 1);
    },
  },
  {
    name: 'a longer idle timeout keeps a session alive, and a shorter one ends it earlier',
    run: async ({ sessions, clock }) => {
      const { session } = await sessions.open({ user_id: 'u', idle_timeout: 60 });
      await sessions.update(session.id, { idle_timeout: 3600 });
      clock.advance(HOUR_MS - 1);
      assert.equal(await sessions.count({ user_id: 'u', active: true }), 1);
      await sessions.touch(session.id);
      await sessions.update(session.id, { idle_timeout: 600 });
      clock.advance(HOUR_MS);
      assert.equal(await sessions.count({ user_id: 'u', active: true }), 0);
      assert.deepEqual((await sessions.get(session.id))?.close_reason, 'idle');
    },
  },
  {
    name: 'a shorter idle timeout starts at the last activity, not after the touch window',
    run: async (world) => {
      const { sessions, clock } = world;
      const { session, token } = await sessions.open({ user_id: 'u', idle_timeout: 86_400 });
      clock.advance(HOUR_MS);
      await sessions.touch(session.id);
      await sessions.update(session.id, { idle_timeout: 2 });
      clock.advance(2 * SECOND_MS - 1);
      assert.equal((await sessions.get(session.id))?.active, true);
      clock.advance(1);
      assert.deepEqual(await sessions.validate(token), { active: false, reason: 'idle' });
      assert.deepEqual(endOf(await sessions.get(session.id)), [false, 'idle', fromNow(world, 0)]);
    },
  },
  {
    name: 'activity after an update moves the idle deadline by the new timeout',
    run: async ({ sessions, clock }) => {
      const { session, token } = await sessions.open({ user_id: 'u', idle_timeout: 86_400 });
      clock.advance(HOUR_MS);
      await sessions.touch(session.id);
      await sessions.update(session.id, { idle_timeout: 10 });
      clock.advance(9 * SECOND_MS);
      await sessions.touch(session.id);
      clock.advance(9 * SECOND_MS);
      assert.equal((await sessions.validate(token)).active, true);
    },
  },
  {
    name: 'an absolute deadline can be set, moved and removed',
    run: async (world) => {
      const { sessions, clock, sweep } = world;
      const { session } = await sessions.open({ user_id: 'u', idle_timeout: 10 * 3600 });
      await sessions.update(session.id, { expire_time: fromNow(world, SECOND_MS) });
      await sessions.update(session.id, { expire_time: fromNow(world, HOUR_MS) });
      clock.advance(HOUR_MS - 1);
      await sweep();
      assert.equal((await sessions.get(session.id))?.active, true);
      await sessions.update(session.id, { expire_time: null });
      clock.advance(HOUR_MS);
      assert.equal((await sessions.get(session.id))?.active, true);
      const expire_time = fromNow(world, SECOND_MS);
      await sessions.update(session.id, { expire_time });
      clock.advance(SECOND_MS);
      await sweep();
      assert.deepEqual(endOf(await sessions.get(session.id)), [false, 'expired', expire_time]);
    },
  },
  {
    name: 'a deadline in the past ends the session at once',
    run: async (world) => {
      const { sessions, clock, changes } = world;
      for (const [change, reason] of [
        [{ expire_time: fromNow(world, -HOUR_MS) }, 'expired'],
        [{ idle_timeout: 1 }, 'idle'],
      ] as const) {
        const { session, token } = await sessions.open({ user_id: 'u', user: 1, data: 1 });
        clock.advance(2 * SECOND_MS);
        const ended = await sessions.update(session.id, change);
        assert.deepEqual(endOf(ended), [false, reason, fromNow(world, 0)]);
        assert.deepEqual([ended.user, ended.data, ended.revision], [null, null, 2]);
        assert.deepEqual(await sessions.validate(token), { active: false, reason });
        const { id, user_id } = session;
        assert.deepEqual(changes.at(-1), { type: 'changed', id, user_id, revision: 2, close_reason: reason });
        const again = sessions.update(session.id, { idle_timeout: 3600, expire_time: null });
        await assert.rejects(again, isProblem('SESSION_CLOSED', { reason }));
      }
    },
  },
  {
    name: 'no update extends a session beyond the maxima, which start at its opening',
    settings: { idle_timeout_ms_max: HOUR_MS, lifetime_ms_max: DAY_MS },
    run: async (world) => {
      const { sessions, clock } = world;
      const { session } = await sessions.open({ user_id: 'u', idle_timeout: 3600 });
      clock.advance(HOUR_MS - 1);
      const latest = fromNow(world, DAY_MS - HOUR_MS + 1);
      for (const [property, value] of [
        ['idle_timeout', 3601],
        ['expire_time', fromNow(world, DAY_MS - HOUR_MS + 2)],
        ['expire_time', null],
      ] as const) {
        const update = sessions.update(session.id, { [property]: value });
        await assert.rejects(update, isProblem('INVALID_DATA', { members: [property] }));
      }
      assert.equal((await sessions.update(session.id, { expire_time: latest })).expire_time, latest);
    },
  },
  {
    name: 'an update with if_match applies only at that revision',
    run: async ({ sessions }) => {
      const { session } = await sessions.open({ user_id: 'u' });
      const sent = await inParallel(5, (n) =>
        sessions.update(session.id, { user_name: `${n}` }, { if_match: session.revision }),
      );
      assert.equal(fulfilled(sent).length, 1);
      assert.equal((await sessions.get(session.id))?.revision, 2);
      await assert.rejects(
        sessions.update(session.id, { user_name: 'x' }, { if_match: 1 }),
        isProblem('REVISION_CONFLICT', { revision: 2 }),
      );
      await assert.rejects(sessions.update('nobody', { user_name: 'x' }), isProblem('SESSION_NOT_FOUND'));
    },
  },
];
