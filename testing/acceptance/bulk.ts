import assert from 'node:assert/strict';
import { endOf, fromNow, HOUR_MS, idsOf, isProblem, SECOND_MS } from './expectations.ts';
import type { UseCase } from './world.ts';

/** Calls that end, delete or count many sessions. */
export const BULK_CASES: readonly UseCase[] = [
  {
    name: '[ASVS-7.4.3] signing out everywhere else ends only the other sessions of the user',
    run: async ({ sessions, changes }) => {
      const here = await sessions.open({ user_id: 'u' });
      const elsewhere = [await sessions.open({ user_id: 'u' }), await sessions.open({ user_id: 'u' })];
      const other = await sessions.open({ user_id: 'v' });
      const { ids, more } = await sessions.closeMany({ filter: { user_id: 'u' }, except: [here.session.id, 'nobody'] });
      assert.deepEqual(ids.toSorted(), elsewhere.map(({ session }) => session.id).toSorted());
      assert.equal(more, false);
      for (const { token } of elsewhere) {
        assert.deepEqual(await sessions.validate(token), { active: false, reason: 'revoked' });
      }
      for (const { token } of [here, other]) assert.equal((await sessions.validate(token)).active, true);
      const ended = changes.filter((change) => change.type === 'changed' && change.close_reason === 'revoked');
      assert.equal(ended.length, 2);
    },
  },
  {
    name: 'a dry run lists the sessions without ending them; a limit leaves the rest',
    run: async (world) => {
      const { sessions } = world;
      for (let n = 0; n < 7; n += 1) await sessions.open({ user_id: 'u' });
      const all = await idsOf(world, { active: true });
      const dry = await sessions.closeMany({ filter: { user_id: 'u' }, dry_run: true, limit: 6 });
      assert.deepEqual([dry.ids.length, dry.more], [6, true]);
      assert.equal(await sessions.count({ active: true }), 7);
      const closed: string[] = [];
      const steps: [number, boolean][] = [];
      for (let more = true; more && steps.length < 4; ) {
        const step = await sessions.closeMany({ filter: { user_id: 'u' }, limit: 3, reason: 'closed' });
        closed.push(...step.ids);
        steps.push([step.ids.length, step.more]);
        more = step.more;
      }
      assert.deepEqual(steps, [
        [3, true],
        [3, true],
        [1, false],
      ]);
      assert.deepEqual(closed.toSorted(), all.toSorted());
      assert.equal(await sessions.count({ close_reason: 'closed' }), 7);
    },
  },
  {
    name: '[ASVS-7.4.5] a bulk close accepts every filter, and changes no ended session',
    run: async (world) => {
      const { sessions, clock } = world;
      const idle = await sessions.open({ user_id: 'u', client: 'app', idle_timeout: 1 });
      const closed = await sessions.open({ user_id: 'u', client: 'app' });
      await sessions.close(closed.session.id);
      clock.advance(SECOND_MS);
      const app = await sessions.open({ user_id: 'u', client: 'app', address: '::1' });
      const web = await sessions.open({ user_id: 'v', client: 'web', address: '::1' });
      const ends = async () =>
        Promise.all([idle, closed].map(async ({ session }) => endOf(await sessions.get(session.id))));
      const before = await ends();
      const closeAll = async (filter: Parameters<typeof sessions.closeMany>[0]['filter']) =>
        (await sessions.closeMany({ filter })).ids;
      assert.deepEqual(await closeAll({ active: false }), [], 'no session is both live and ended');
      assert.deepEqual(await closeAll({ close_reason: 'idle' }), []);
      assert.deepEqual(await closeAll({ to_time: app.session.request_time }), []);
      assert.deepEqual(await closeAll({ user_id: 'u', client: 'web' }), []);
      assert.deepEqual(await closeAll({ client: 'app' }), [app.session.id]);
      assert.deepEqual(await closeAll({ address: '::1', from_time: web.session.request_time }), [web.session.id]);
      assert.deepEqual(await ends(), before);
      const rest = [await sessions.open({ user_id: 'u' }), await sessions.open({ user_id: 'v' })];
      assert.deepEqual((await closeAll({})).toSorted(), rest.map(({ session }) => session.id).toSorted());
      assert.deepEqual(await closeAll({}), []);
    },
  },
  {
    name: 'a removal returns the session once, and the session is gone from every list',
    run: async (world) => {
      const { sessions } = world;
      const { session, token } = await sessions.open({ user_id: 'u', data: 1 });
      const ended = await sessions.open({ user_id: 'u' });
      const closed = await sessions.close(ended.session.id);
      assert.deepEqual(await sessions.remove(session.id), session);
      assert.deepEqual(await sessions.remove(closed.id), closed);
      await assert.rejects(sessions.remove(session.id), isProblem('SESSION_NOT_FOUND'));
      assert.equal(await sessions.get(session.id), null);
      assert.deepEqual(await sessions.validate(token), { active: false, reason: 'unknown' });
      assert.deepEqual([await idsOf(world), await sessions.count()], [[], 0]);
    },
  },
  {
    name: 'stats do not count entries of session libraries',
    run: async (world) => {
      const { sessions, clock, sweep } = world;
      clock.advance(HOUR_MS - (clock.now() % HOUR_MS));
      const begun = fromNow(world, 0);
      const entry = await sessions.open({ user_id: 'urn:pip-sessions:browser-entries:0' });
      for (const n of [0, 7, 63]) {
        await sessions.open({ user_id: `urn:pip-sessions:browser-entries:${n}`, idle_timeout: 60 });
      }
      await sessions.open({ user_id: 'u' });
      await sessions.open({ user_id: 'urn:pip-sessions:browser-entries:64' });
      assert.equal((await sessions.stats()).live, 2);
      await sessions.close(entry.session.id);
      clock.advance(121_000);
      await sweep();
      const { live, hours } = await sessions.stats();
      const here = hours.find(({ hour }) => hour === begun);
      assert.deepEqual([live, here], [2, { hour: begun, opened: 2, closed: {} }]);
    },
  },
  {
    name: 'stats count live sessions, and opened and closed ones per hour for 24 hours',
    run: async (world) => {
      const { sessions, clock, sweep } = world;
      clock.advance(HOUR_MS - (clock.now() % HOUR_MS));
      const opened = [];
      for (let n = 0; n < 4; n += 1) opened.push((await sessions.open({ user_id: 'u', idle_timeout: 3600 })).session);
      const [first, second, third] = opened;
      await sessions.close(first?.id ?? '');
      clock.advance(HOUR_MS - 1);
      await sessions.close(second?.id ?? '', { reason: 'revoked' });
      await sessions.touch(third?.id ?? '');
      clock.advance(1);
      assert.equal((await sessions.stats()).live, 1);
      await sweep();
      const { live, opened: count, closed, hours } = await sessions.stats();
      assert.deepEqual([live, count, closed], [1, 4, { closed: 1, revoked: 1, idle: 1 }]);
      assert.deepEqual(
        hours.map((hour) => [hour.hour, hour.opened, hour.closed]),
        [
          [fromNow(world, 0), 0, { idle: 1 }],
          [first?.open_time, 4, { closed: 1, revoked: 1 }],
        ],
      );
      clock.advance(26 * HOUR_MS);
      await sweep();
      const later = await sessions.stats();
      assert.deepEqual([later.live, later.opened, later.closed, later.hours], [0, 0, {}, []]);
    },
  },
];
