import assert from 'node:assert/strict';
import { fromNow, HOUR_MS, idsOf, isProblem, SECOND_MS } from './expectations.ts';
import type { UseCase } from './world.ts';

const ACTOR = { type: 'user', id: 'support-7', reason: 'ticket 12' } as const;

/** Sessions with an actor, and the `closed_by` of ended ones. */
export const ACTOR_CASES: readonly UseCase[] = [
  {
    name: 'a session shows who acts in it: when it is opened, read, validated, listed and ended',
    run: async ({ sessions }) => {
      const { session, token } = await sessions.open({ user_id: 'u', actor: ACTOR });
      assert.deepEqual(session.actor, ACTOR);
      const agent = await sessions.open({ user_id: 'u', actor: { type: 'agent', id: 'a' } });
      assert.deepEqual(agent.session.actor, { type: 'agent', id: 'a', reason: null });
      assert.equal((await sessions.open({ user_id: 'u', actor: null })).session.actor, null);
      assert.deepEqual((await sessions.get(session.id))?.actor, ACTOR);
      assert.partialDeepStrictEqual(await sessions.validate(token), { session: { actor: ACTOR } });
      const { items } = await sessions.list({ user_id: 'u' });
      assert.deepEqual(items.find(({ id }) => id === session.id)?.actor, ACTOR);
      assert.deepEqual((await sessions.close(session.id)).actor, ACTOR);
    },
  },
  {
    name: '[K-10] a session with an actor never outlives its own maximum',
    settings: { actor_lifetime_ms_max: HOUR_MS, rotation_grace_ms: 30 * SECOND_MS },
    run: async (world) => {
      const { sessions, clock, settled } = world;
      const end = fromNow(world, HOUR_MS);
      const { session, token } = await sessions.open({ user_id: 'u', actor: ACTOR });
      assert.equal(session.expire_time, end);
      for (const expire_time of [null, fromNow(world, HOUR_MS + 1)]) {
        const wrong = isProblem('INVALID_DATA', { members: ['expire_time'] });
        await assert.rejects(sessions.open({ user_id: 'u', actor: ACTOR, expire_time }), wrong);
        await assert.rejects(sessions.update(session.id, { expire_time }), wrong);
      }
      clock.advance(HOUR_MS / 2);
      const rotated = await sessions.rotate({ token, auth_level: 2 });
      assert.deepEqual([rotated.session.expire_time, rotated.session.actor], [end, ACTOR]);
      await sessions.touch(session.id);
      assert.equal((await sessions.update(session.id, { idle_timeout: 7200 })).expire_time, end);
      assert.equal((await sessions.update(session.id, { expire_time: end })).active, true);
      await settled();
      clock.advance(HOUR_MS / 2);
      assert.deepEqual(await sessions.validate(rotated.token), { active: false, reason: 'expired' });
    },
  },
  {
    name: 'an idempotency key gives an actor neither the session of the user nor that of another actor',
    run: async ({ sessions }) => {
      const key = (n: number) => ({ idempotency_key: `0123456789abcdef${n}` });
      const other = { type: 'agent', id: ACTOR.id } as const;
      const actors = [null, ACTOR, other];
      for (const [n, actor] of actors.entries()) {
        const { token } = await sessions.open({ user_id: 'u', actor }, key(n));
        for (const asked of actors) {
          const again = sessions.open({ user_id: 'u', actor: asked }, key(n));
          if (asked === actor) assert.equal((await again).token, token);
          else await assert.rejects(again, isProblem('KEY_USED'));
        }
      }
    },
  },
  {
    name: 'the lifetime of an actor is also bounded by that of every session',
    settings: { actor_lifetime_ms_max: HOUR_MS, lifetime_ms_max: HOUR_MS / 2 },
    run: async (world) => {
      const { session } = await world.sessions.open({ user_id: 'u', actor: ACTOR });
      assert.equal(session.expire_time, fromNow(world, HOUR_MS / 2));
    },
  },
  ...(['deny', 'evict_oldest', 'evict_idle'] as const).map(
    (policy): UseCase => ({
      name: `[K-10] sessions with an actor do not count for the user's limit: ${policy}`,
      settings: { limit: { max: 2, policy } },
      run: async (world) => {
        const { sessions, clock } = world;
        const actors = [];
        for (let n = 0; n < 3; n += 1) actors.push((await sessions.open({ user_id: 'u', actor: ACTOR })).session.id);
        clock.advance(SECOND_MS);
        const own = [];
        for (let n = 0; n < 2; n += 1) own.push((await sessions.open({ user_id: 'u' })).session.id);
        const more = await sessions.open({ user_id: 'u', actor: ACTOR });
        assert.deepEqual(more.evicted, []);
        const another = sessions.open({ user_id: 'u' });
        if (policy === 'deny') await assert.rejects(another, isProblem('SESSION_LIMIT'));
        else assert.equal(own.includes((await another).evicted[0] ?? ''), true);
        const live = await idsOf(world, { user_id: 'u', active: true });
        for (const id of [...actors, more.session.id]) assert.ok(live.includes(id));
        assert.equal(live.length, 6);
      },
    }),
  ),
  {
    name: 'what an actor holds is listed, counted and ended by the id of the actor',
    run: async (world) => {
      const { sessions } = world;
      const agent = (id: string) => ({ type: 'agent', id }) as const;
      const held = [];
      for (const user_id of ['u', 'v', 'w']) held.push(await sessions.open({ user_id, actor: agent('bot') }));
      const others = [
        await sessions.open({ user_id: 'u', actor: agent('other') }),
        await sessions.open({ user_id: 'u' }),
      ];
      const ids = held.map(({ session }) => session.id).toSorted();
      assert.deepEqual((await idsOf(world, { actor_id: 'bot' })).toSorted(), ids);
      assert.equal(await sessions.count({ actor_type: 'agent', active: true }), 4);
      const closed = await sessions.closeMany({ filter: { actor_id: 'bot' }, by: 'Ann' });
      assert.deepEqual(closed.ids.toSorted(), ids);
      for (const { token } of held) {
        assert.deepEqual(await sessions.validate(token), { active: false, reason: 'revoked' });
      }
      for (const { token } of others) assert.equal((await sessions.validate(token)).active, true);
      assert.deepEqual((await idsOf(world, { closed_by: 'Ann' })).toSorted(), ids);
    },
  },
  {
    name: 'an ended session says who ended it',
    settings: { limit: { max: 1, policy: 'evict_oldest' }, rotation_grace_ms: 0 },
    run: async (world) => {
      const { sessions, clock, sweep } = world;
      const open = async (user_id: string, idle_timeout = 3600) => sessions.open({ user_id, idle_timeout });
      const ends = async (id: string) => (await sessions.get(id))?.closed_by;
      const signedOut = await open('a');
      assert.equal(signedOut.session.closed_by, null);
      assert.equal((await sessions.close(signedOut.session.id, { by: 'user' })).closed_by, 'user');
      assert.equal((await sessions.close(signedOut.session.id, { by: 'another' })).closed_by, 'user');
      const revoked = await open('b');
      await sessions.closeMany({ filter: { user_id: 'b' }, by: 'Ann of support' });
      assert.equal(await ends(revoked.session.id), 'Ann of support');
      const byKey = await open('c');
      assert.equal((await sessions.close(byKey.session.id)).closed_by, 'anonymous');
      const evicted = await open('d');
      await open('d');
      assert.equal(await ends(evicted.session.id), 'policy');
      const stolen = await open('e');
      await sessions.rotate({ token: stolen.token });
      await sessions.validate(stolen.token);
      assert.equal(await ends(stolen.session.id), 'system');
      const idle = await open('f', 1);
      const swept = await open('g', 1);
      const expired = await open('h');
      await sessions.update(expired.session.id, { expire_time: fromNow(world, 0) });
      clock.advance(SECOND_MS);
      assert.equal(await ends(idle.session.id), 'policy');
      await sweep();
      assert.deepEqual([await ends(swept.session.id), await ends(expired.session.id)], ['policy', 'policy']);
      const { items } = await sessions.list({ user_id: 'a' });
      assert.equal(items[0]?.closed_by, 'user');
    },
  },
  {
    name: 'no caller can claim to be the service or an API key',
    run: async ({ sessions }) => {
      const { session } = await sessions.open({ user_id: 'u' });
      for (const by of ['policy', 'system', 'key:other', '', 'System', ' KEY:other', 'key：other']) {
        const wrong = isProblem('INVALID_DATA', { members: ['by'] });
        await assert.rejects(sessions.close(session.id, { by }), wrong);
        await assert.rejects(sessions.closeMany({ filter: {}, by }), wrong);
      }
      assert.equal((await sessions.get(session.id))?.active, true);
    },
  },
];
