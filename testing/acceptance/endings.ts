import assert from 'node:assert/strict';
import type { CloseReason, Session } from '@pip-sessions/client';
import { DAY_MS, endOf, fromNow, idsOf, inParallel, isProblem, rejected, SECOND_MS } from './expectations.ts';
import type { UseCase, World } from './world.ts';

/** The number of milliseconds before and after a deadline that the test checks. */
const AROUND = 3;

/** An ended session stays ended, and every call shows the same end. */
export const ENDING_CASES: readonly UseCase[] = [
  {
    name: '[ASVS-7.3.1] a session ends at the nearer of its two deadlines',
    run: async (world) => {
      const { sessions, clock } = world;
      const expire_time = fromNow(world, 20 * SECOND_MS);
      const opened = [
        await sessions.open({ user_id: 'idle', idle_timeout: 10, expire_time }),
        await sessions.open({ user_id: 'expired', idle_timeout: 30, expire_time }),
        await sessions.open({ user_id: 'both', idle_timeout: 20, expire_time }),
        await sessions.open({ user_id: 'live', idle_timeout: 21, expire_time: null }),
      ];
      const idle = fromNow(world, 10 * SECOND_MS);
      clock.advance(20 * SECOND_MS);
      const ends = await Promise.all(opened.map(async ({ session }) => endOf(await sessions.get(session.id))));
      const expired = [false, 'expired', expire_time];
      assert.deepEqual(ends, [[false, 'idle', idle], expired, expired, [true, null, null]]);
    },
  },
  ...(['closed', 'revoked', 'idle', 'expired'] as const).flatMap((reason) =>
    [false, true].map(
      (swept): UseCase => ({
        name: `[ASVS-7.4.1] a session that ended as ${reason} cannot be revived ${swept ? 'after' : 'before'} a sweep`,
        run: async (world) => {
          const { sessions, clock } = world;
          const { token, ended } = await endedBy(world, reason);
          if (swept) await world.sweep();
          const { id, revision } = ended;
          for (const change of [
            () => sessions.touch(id),
            () => sessions.replaceData(id, 1),
            () => sessions.replaceUser(id, 1, { if_match: revision }),
            () => sessions.patchData(id, { a: 1 }),
            () => sessions.patchData(id, { a: 1 }, { if_match: revision - 1 }),
            () => sessions.rotate({ token, auth_level: 3 }),
          ]) {
            await assert.rejects(change, isProblem('SESSION_CLOSED', { reason }));
          }
          assert.deepEqual(await sessions.close(id, { reason: 'revoked' }), ended);
          assert.deepEqual(await sessions.validate(token), { active: false, reason });
          clock.advance(DAY_MS);
          assert.deepEqual(await sessions.get(id), ended);
        },
      }),
    ),
  ),
  {
    name: '[U-01] requests in flight do not undo a sign-out',
    run: async ({ sessions, clock, settled }) => {
      const { session, token } = await sessions.open({ user_id: 'u', data: 0 });
      clock.advance(SECOND_MS);
      const requests = [
        (n: number) => sessions.replaceData(session.id, n),
        () => sessions.touch(session.id),
        () => sessions.rotate({ token }),
        () => sessions.validate(token),
      ];
      const results = await inParallel(40, async (n) => {
        if (n === 20) await sessions.close(session.id);
        else await requests[n % 4]?.(n);
      });
      for (const error of rejected(results)) isProblem('SESSION_CLOSED', { reason: 'closed' })(error);
      await settled();
      const ended = await sessions.get(session.id);
      assert.deepEqual([ended?.close_reason, ended?.data], ['closed', null]);
      assert.deepEqual(await sessions.validate(token), { active: false, reason: 'closed' });
    },
  },
  {
    name: 'get, list, count, validate and stats agree at each millisecond around a deadline',
    run: async (world) => {
      const { sessions, clock } = world;
      const opened: { readonly id: string; readonly token: string; readonly end: readonly unknown[] }[] = [];
      // Opened one millisecond apart, so that the deadlines lie around the moment that is checked.
      for (let ms = -AROUND; ms <= AROUND; ms += 1) {
        const idle = await sessions.open({ user_id: 'u', idle_timeout: 1 });
        const expire_time = fromNow(world, SECOND_MS);
        const expired = await sessions.open({ user_id: 'u', expire_time });
        const end = (reason: CloseReason) => (ms > 0 ? [true, null, null] : [false, reason, expire_time]);
        opened.push({ id: idle.session.id, token: idle.token, end: end('idle') });
        opened.push({ id: expired.session.id, token: expired.token, end: end('expired') });
        clock.advance(1);
      }
      clock.advance(SECOND_MS - AROUND - 1);
      const before = await views(world);
      for (const { id, end } of opened) assert.deepEqual(before.ends.get(id), end);
      await world.sweep();
      assert.deepEqual(await views(world), before);
      // Last, because it counts as activity.
      for (const { token, end } of opened) {
        const validation = await sessions.validate(token);
        assert.deepEqual(validation.active ? [true, null] : [false, validation.reason], end.slice(0, 2));
      }
    },
  },
  {
    name: '[U-10] an ended session is deleted after the retention; a live one never is',
    settings: { retention_ms: 30 * DAY_MS, idle_timeout_ms: 365 * DAY_MS },
    run: async (world) => {
      const { sessions, clock, sweep } = world;
      const live = await sessions.open({ user_id: 'u' });
      const closed = await sessions.open({ user_id: 'u' });
      const expired = await sessions.open({ user_id: 'u', expire_time: fromNow(world, DAY_MS) });
      await sessions.close(closed.session.id);
      clock.advance(30 * DAY_MS);
      await sweep();
      assert.equal((await sessions.get(closed.session.id))?.close_reason, 'closed');
      clock.advance(1);
      await sweep();
      assert.equal(await sessions.get(closed.session.id), null);
      assert.deepEqual(await sessions.validate(closed.token), { active: false, reason: 'unknown' });
      assert.equal((await sessions.get(expired.session.id))?.close_reason, 'expired');
      clock.advance(DAY_MS);
      await sweep();
      assert.deepEqual(await idsOf(world), [live.session.id]);
      assert.equal((await sessions.validate(live.token)).active, true);
    },
  },
];

/** A session that has ended for the given reason, with the clock a moment after its end. */
async function endedBy(world: World, reason: 'closed' | 'revoked' | 'idle' | 'expired') {
  const { sessions, clock } = world;
  const expire_time = reason === 'expired' ? fromNow(world, 60 * SECOND_MS) : null;
  const { session, token } = await sessions.open({ user_id: 'u', data: 1, idle_timeout: 90, expire_time });
  clock.advance(50 * SECOND_MS);
  if (reason === 'closed' || reason === 'revoked') await sessions.close(session.id, { reason });
  clock.advance(40 * SECOND_MS);
  const ended: Session | null = await sessions.get(session.id);
  assert.ok(ended && !ended.active);
  assert.deepEqual([ended.close_reason, ended.data], [reason, null]);
  return { token, ended };
}

/** Returns the ids of all sessions and their ends. Asserts that every kind of read agrees with them. */
async function views(world: World) {
  const { sessions } = world;
  const ids = await idsOf(world);
  const ends = new Map(await Promise.all(ids.map(async (id) => [id, endOf(await sessions.get(id))] as const)));
  const idsWhere = (isSo: (end: readonly unknown[] | null) => boolean) =>
    ids.filter((id) => isSo(ends.get(id) ?? null));
  const live = idsWhere((end) => end?.[0] === true);
  assert.deepEqual(await idsOf(world, { active: true }), live);
  assert.deepEqual(
    await idsOf(world, { active: false }),
    idsWhere((end) => end?.[0] === false),
  );
  assert.deepEqual(await idsOf(world, { user_id: 'u', active: true }), live);
  for (const close_reason of ['idle', 'expired'] as const) {
    assert.deepEqual(
      await idsOf(world, { close_reason }),
      idsWhere((end) => end?.[1] === close_reason),
    );
  }
  assert.equal(await sessions.count({ active: true }), live.length);
  assert.equal((await sessions.stats()).live, live.length);
  const closeable = await sessions.closeMany({ filter: {}, dry_run: true });
  assert.deepEqual(closeable.ids.toSorted(), live.toSorted());
  return { ids, ends };
}
