import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import type { Session } from '@pip-sessions/client';
import { endOf, fromNow, isProblem, SECOND_MS } from './expectations.ts';
import type { UseCase, World } from './world.ts';

/** More than an export reads at a time. */
const MANY = 70;

/** The export and the erasure of the data about one user. */
export const USER_CASES: readonly UseCase[] = [
  {
    name: 'an export has every session of the user, live and ended, the newest first',
    run: async (world) => {
      const { sessions, clock } = world;
      const device = { user_name: 'Ann "A"', address: '::1', client: 'app' };
      const full = { ...device, user: { roles: ['é\u2028'] }, data: [1], auth_methods: ['pwd'], auth_level: 2 };
      const opened = [(await sessions.open({ user_id: 'u', ...full })).session.id];
      clock.advance(SECOND_MS);
      const closed = await sessions.open({ user_id: 'u', data: 2 });
      await sessions.close(closed.session.id);
      clock.advance(SECOND_MS);
      const idle = await sessions.open({ user_id: 'u', idle_timeout: 1 });
      opened.push(closed.session.id, idle.session.id);
      await sessions.open({ user_id: 'other' });
      clock.advance(SECOND_MS);
      const exported = await exportOf(world, 'u');
      assert.deepEqual(exported, await Promise.all(opened.toReversed().map((id) => sessions.get(id))));
      assert.deepEqual(endOf(exported[0] ?? null), [false, 'idle', fromNow(world, 0)]);
      assert.deepEqual(exported[2]?.data, [1]);
    },
  },
  {
    name: 'an export of many sessions has each once; one of an unknown user has none',
    run: async (world) => {
      const { sessions } = world;
      const opened = await Promise.all(
        Array.from({ length: MANY }, (_, n) => sessions.open({ user_id: 'u', data: n })),
      );
      const ids = (await exportOf(world, 'u')).map(({ id }) => id);
      assert.deepEqual(ids.toSorted(), opened.map(({ session }) => session.id).toSorted());
      assert.deepEqual(await exportOf(world, 'nobody'), []);
    },
  },
  {
    name: 'an export contains no secret of a token',
    run: async (world) => {
      const { sessions } = world;
      const { session, token } = await sessions.open({ user_id: 'u' });
      const rotated = await sessions.rotate({ token });
      const text = JSON.stringify(await exportOf(world, 'u'));
      for (const one of [token, rotated.token]) {
        const secret = one.slice(`ps_${session.id}_`.length);
        for (const part of [secret, hash('sha256', secret, 'hex'), hash('sha256', secret, 'base64url')]) {
          assert.ok(!text.includes(part));
        }
      }
    },
  },
  {
    name: 'an erasure deletes all sessions of the user; its receipt does not name the user',
    run: async (world) => {
      const { sessions, clock, changes } = world;
      const live = await sessions.open({ user_id: 'u', data: 1 });
      const closed = await sessions.open({ user_id: 'u' });
      await sessions.close(closed.session.id);
      const idle = await sessions.open({ user_id: 'u', idle_timeout: 1 });
      const other = await sessions.open({ user_id: 'other' });
      clock.advance(SECOND_MS);
      assert.equal((await sessions.validate(live.token)).active, true);
      const receipt = { user_id_hash: hash('sha256', 'u', 'hex'), time: fromNow(world, 0), more: false };
      assert.deepEqual(await sessions.eraseUser('u'), { ...receipt, erased: 3, closed: 1 });
      for (const { session, token } of [live, closed, idle]) {
        assert.equal(await sessions.get(session.id), null);
        assert.deepEqual(await sessions.validate(token), { active: false, reason: 'unknown' });
        assert.ok(changes.some((change) => change.type === 'removed' && change.id === session.id));
      }
      assert.deepEqual(await exportOf(world, 'u'), []);
      assert.equal((await sessions.validate(other.token)).active, true);
      assert.deepEqual(await sessions.eraseUser('u'), { ...receipt, erased: 0, closed: 0 });
    },
  },
  {
    name: 'an erasure of many sessions leaves none, whatever the user opens meanwhile',
    run: async (world) => {
      const { sessions } = world;
      await Promise.all(Array.from({ length: MANY }, () => sessions.open({ user_id: 'u' })));
      const before = (await exportOf(world, 'u')).map(({ id }) => id);
      const opening = Promise.all(Array.from({ length: 9 }, () => sessions.open({ user_id: 'u' })));
      const { erased } = await sessions.eraseUser('u');
      await opening;
      assert.ok(erased >= MANY);
      const left = (await exportOf(world, 'u')).map(({ id }) => id);
      assert.deepEqual(
        left.filter((id) => before.includes(id)),
        [],
      );
      await sessions.eraseUser('u');
      assert.equal(await sessions.count(), 0);
    },
  },
  {
    name: 'a user_id that no user can have is rejected by name, and nothing is deleted',
    run: async (world) => {
      const { sessions } = world;
      const entry = await sessions.open({ user_id: 'urn:pip-sessions:browser-entries:3' });
      const bad = ['', 'x'.repeat(4_097), 'a\0b', '\ud800', 7, null, undefined, entry.session.user_id];
      for (const user_id of bad as readonly string[]) {
        const isRejected = isProblem('INVALID_DATA', { members: ['user_id'] });
        await assert.rejects(exportOf(world, user_id), isRejected);
        await assert.rejects(sessions.eraseUser(user_id), isRejected);
      }
      assert.equal((await sessions.validate(entry.token)).active, true);
    },
  },
];

async function exportOf({ sessions }: World, user_id: string): Promise<Session[]> {
  const exported: Session[] = [];
  for await (const session of sessions.exportUser(user_id)) exported.push(session);
  return exported;
}
