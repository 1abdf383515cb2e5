import assert from 'node:assert/strict';
import { HOUR_MS, isProblem, SECOND_MS } from './expectations.ts';
import type { UseCase } from './world.ts';

/** Checks of sessions by their ids. */
export const CHECK_CASES: readonly UseCase[] = [
  {
    name: 'a check shows which sessions are live, in the order of the ids, and why others ended',
    run: async ({ sessions, clock }) => {
      const open = async (user_id: string, idle_timeout = 7_200) =>
        (await sessions.open({ user_id, idle_timeout, data: { secret: 1 } })).session.id;
      const [live, closed, revoked, removed, idle] = await Promise.all([
        open('live'),
        open('closed'),
        open('revoked'),
        open('removed'),
        open('idle', 1),
      ]);
      await sessions.close(closed);
      await sessions.close(revoked, { reason: 'revoked' });
      await sessions.remove(removed);
      clock.advance(SECOND_MS);
      const { results } = await sessions.check([idle, live, closed, revoked, removed, live, 'é"']);
      const state = { id: live, active: true, revision: 1, expires_in: 7_199 };
      assert.deepEqual(results, [
        { id: idle, active: false, reason: 'idle' },
        state,
        { id: closed, active: false, reason: 'closed' },
        { id: revoked, active: false, reason: 'revoked' },
        { id: removed, active: false, reason: 'unknown' },
        state,
        { id: 'é"', active: false, reason: 'unknown' },
      ]);
      assert.equal((await sessions.get(idle))?.close_reason, 'idle', 'an end that was shown is stored');
    },
  },
  {
    name: 'a check does not count as activity, and ends no session after a rotation of its token',
    run: async ({ sessions, clock, settings, settled }) => {
      const { session, token } = await sessions.open({ user_id: 'u', idle_timeout: 3_600 });
      await sessions.rotate({ token });
      clock.advance(settings.rotation_grace_ms + SECOND_MS);
      const before = await sessions.get(session.id);
      const { results } = await sessions.check([session.id]);
      assert.equal(results[0]?.active, true);
      await settled();
      assert.equal((await sessions.get(session.id))?.request_time, before?.request_time);
      clock.advance(HOUR_MS);
      assert.deepEqual((await sessions.check([session.id])).results, [
        { id: session.id, active: false, reason: 'idle' },
      ]);
    },
  },
  {
    name: 'one request checks 1 to 256 sessions; an error names the ids property',
    run: async ({ sessions }) => {
      const ids = Array.from({ length: 256 }, (_, n) => `id${n}`);
      assert.equal((await sessions.check(ids)).results.length, 256);
      for (const [wrong, member] of [
        [[...ids, 'x'], 'ids'],
        [[], 'ids'],
        [['x', ''], 'ids.1'],
        [['x', 1], 'ids.1'],
      ] as const) {
        const checking = sessions.check(wrong as readonly string[]);
        await assert.rejects(checking, isProblem('INVALID_DATA', { members: [member] }));
      }
    },
  },
];
