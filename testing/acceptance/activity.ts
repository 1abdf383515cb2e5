import assert from 'node:assert/strict';
import { fromNow, SECOND_MS } from './expectations.ts';
import type { UseCase } from './world.ts';

/** The calls that count as activity, and how precisely activity is recorded. */
export const ACTIVITY_CASES: readonly UseCase[] = [
  {
    name: '[U-09] activity is written once per interval; unwritten activity counts',
    settings: { touch_interval_ms: 60 * SECOND_MS },
    run: async (world) => {
      const { sessions, clock, settled } = world;
      const { session, token } = await sessions.open({ user_id: 'u', idle_timeout: 3600 });
      const use = async () => {
        assert.equal((await sessions.validate(token)).active, true);
        await settled();
        return (await sessions.get(session.id))?.request_time;
      };
      clock.advance(SECOND_MS);
      const written = fromNow(world, 0);
      assert.equal(await use(), written);
      clock.advance(60 * SECOND_MS);
      assert.equal(await use(), written, 'within the interval nothing is written');
      // An hour after the last use, but more than an hour after the activity that was written.
      clock.advance(3600 * SECOND_MS - 1);
      assert.equal((await sessions.get(session.id))?.active, true);
      clock.advance(1);
      assert.equal((await sessions.get(session.id))?.close_reason, 'idle');
    },
  },
  {
    name: 'a session in use never becomes idle, even with a short timeout',
    run: async ({ sessions, clock, settled }) => {
      const { token } = await sessions.open({ user_id: 'u', idle_timeout: 1 });
      for (let n = 0; n < 20; n += 1) {
        clock.advance(SECOND_MS - 1);
        assert.equal((await sessions.validate(token)).active, true);
        await settled();
      }
      clock.advance(2 * SECOND_MS);
      assert.deepEqual(await sessions.validate(token), { active: false, reason: 'idle' });
    },
  },
  {
    name: '[ASVS-7.3.2] activity does not extend the absolute lifetime',
    run: async (world) => {
      const { sessions, clock, settled } = world;
      const expire_time = fromNow(world, 10 * SECOND_MS);
      const { session, token } = await sessions.open({ user_id: 'u', idle_timeout: 60, expire_time });
      for (const ms of [5000, 4999]) {
        clock.advance(ms);
        assert.equal((await sessions.validate(token)).active, true);
        await sessions.touch(session.id);
        await sessions.replaceData(session.id, ms);
        await settled();
      }
      clock.advance(1);
      assert.deepEqual(await sessions.validate(token), { active: false, reason: 'expired' });
      assert.equal((await sessions.get(session.id))?.close_time, expire_time);
    },
  },
  {
    name: '[ASVS-7.3.1] validate, touch, store and rotate move the idle deadline',
    run: async (world) => {
      const { sessions, clock, settled } = world;
      for (const use of [
        (_: string, token: string) => sessions.validate(token),
        (id: string) => sessions.touch(id),
        (id: string) => sessions.replaceData(id, 1),
        (id: string) => sessions.replaceUser(id, 1),
        (id: string) => sessions.patchData(id, { a: 1 }),
        (_: string, token: string) => sessions.rotate({ token }),
      ]) {
        const { session, token } = await sessions.open({ user_id: 'u', idle_timeout: 10 });
        clock.advance(9 * SECOND_MS);
        await use(session.id, token);
        await settled();
        const used = await sessions.get(session.id);
        assert.equal(used?.request_time, fromNow(world, 0));
        clock.advance(10 * SECOND_MS - 1);
        assert.equal((await sessions.get(session.id))?.active, true);
      }
    },
  },
  {
    name: 'reads of a session and requests with wrong tokens do not count as activity',
    run: async (world) => {
      const { sessions, clock, settled } = world;
      const { session, token } = await sessions.open({ user_id: 'u', idle_timeout: 10 });
      clock.advance(9 * SECOND_MS);
      await sessions.get(session.id);
      await sessions.list();
      await sessions.count({ user_id: 'u' });
      await sessions.validate(token.replace(/_.{43}$/, `_${'A'.repeat(43)}`));
      await sessions.closeMany({ filter: {}, dry_run: true });
      await settled();
      assert.equal((await sessions.get(session.id))?.request_time, session.request_time);
      clock.advance(SECOND_MS);
      assert.equal((await sessions.get(session.id))?.close_reason, 'idle');
    },
  },
  {
    name: 'a passive validation says whether the user is signed in, and does not count as activity',
    run: async (world) => {
      const { sessions, clock, settled } = world;
      const { session, token } = await sessions.open({ user_id: 'u', idle_timeout: 10 });
      for (let second = 1; second < 10; second += 1) {
        clock.advance(SECOND_MS);
        const validation = await sessions.validate(token, { touch: false });
        assert.equal(validation.active && validation.session.expires_in, 10 - second);
        assert.equal((await sessions.read(token, { touch: false }))?.id, session.id);
        if (validation.active) assert.equal(validation.max_age, 0, 'a cached one would serve active reads');
      }
      await settled();
      assert.equal((await sessions.get(session.id))?.request_time, session.request_time);
      clock.advance(SECOND_MS);
      assert.deepEqual(await sessions.validate(token, { touch: false }), { active: false, reason: 'idle' });
      assert.equal(await sessions.read(token, { touch: false }), null);
    },
  },
  {
    name: 'expires_in counts down to the nearer deadline, and activity moves it',
    run: async (world) => {
      const { sessions, clock, settled } = world;
      const expire_time = fromNow(world, 15 * SECOND_MS);
      const { session, token } = await sessions.open({ user_id: 'u', idle_timeout: 10, expire_time });
      const expiresIn = async () => (await sessions.get(session.id))?.expires_in;
      assert.equal(session.expires_in, 10);
      clock.advance(2 * SECOND_MS + 1);
      assert.equal(await expiresIn(), 7);
      const validation = await sessions.validate(token);
      assert.equal(validation.active && validation.session.expires_in, 10);
      await settled();
      assert.equal(await expiresIn(), 10, 'never more than the idle timeout');
      clock.advance(6 * SECOND_MS - 1);
      assert.equal(await expiresIn(), 5);
      const [listed] = (await sessions.list({ user_id: 'u' })).items;
      assert.equal(listed?.expires_in, 5);
      await sessions.touch(session.id);
      assert.equal(await expiresIn(), 7, 'the absolute deadline is nearer');
      clock.advance(7 * SECOND_MS);
      assert.equal(await expiresIn(), null);
    },
  },
  {
    name: 'a touch does not change the revision, so conditional writes still succeed',
    run: async ({ sessions, clock, settled }) => {
      const { session, token } = await sessions.open({ user_id: 'u', data: 1 });
      clock.advance(SECOND_MS);
      await sessions.validate(token);
      await settled();
      clock.advance(3600 * SECOND_MS);
      const touched = await sessions.touch(session.id);
      assert.deepEqual([touched.revision, touched.data], [1, 1]);
      assert.equal((await sessions.replaceData(session.id, 2, { if_match: 1 })).revision, 2);
    },
  },
];
