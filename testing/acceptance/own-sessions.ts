import assert from 'node:assert/strict';
import { endOf, fromNow, HOUR_MS, isProblem, SECOND_MS } from './expectations.ts';
import type { UseCase } from './world.ts';

/** Calls of a user, proved by a token, about the user's own sessions. */
export const OWN_CASES: readonly UseCase[] = [
  {
    name: '[ASVS-7.5.2] a token lists the sessions of its own user only, newest first',
    run: async ({ sessions, clock }) => {
      const devices: string[] = [];
      for (const client of ['phone', 'laptop', 'tablet']) {
        devices.unshift((await sessions.open({ user_id: 'u', client, user: 1, data: 1 })).session.id);
        clock.advance(1);
      }
      await sessions.open({ user_id: 'v' });
      const { token, session } = await sessions.open({ user_id: 'u' });
      await sessions.close(devices[0] ?? '');
      const first = await sessions.own({ token, limit: 2 });
      const second = await sessions.own({ token, limit: 2, cursor: first.next_cursor ?? '' });
      const listed = [...first.items, ...second.items];
      assert.deepEqual(
        listed.map(({ id }) => id),
        [session.id, ...devices],
      );
      assert.deepEqual([first.current, second.current, second.next_cursor], [session.id, session.id, null]);
      assert.deepEqual(listed, (await sessions.list({ user_id: 'u' })).items);
      const idsOf = async (active: boolean) => (await sessions.own({ token, active })).items.map(({ id }) => id);
      assert.deepEqual(await idsOf(true), [session.id, ...devices.slice(1)]);
      assert.deepEqual(await idsOf(false), devices.slice(0, 1));
      await assert.rejects(sessions.own({ token, cursor: 'x' }), isProblem('INVALID_DATA', { members: ['cursor'] }));
    },
  },
  {
    name: '[ASVS-7.4.3] a token ends all other sessions of its user, and no session of another user',
    run: async (world) => {
      const { sessions } = world;
      const here = await sessions.open({ user_id: 'u' });
      const elsewhere = [await sessions.open({ user_id: 'u' }), await sessions.open({ user_id: 'u' })];
      const other = await sessions.open({ user_id: 'v' });
      const { ids, more } = await sessions.closeOwn({ token: here.token, others: true });
      assert.deepEqual(ids.toSorted(), elsewhere.map(({ session }) => session.id).toSorted());
      assert.equal(more, false);
      for (const { token, session } of elsewhere) {
        assert.deepEqual(await sessions.validate(token), { active: false, reason: 'revoked' });
        const ended = await sessions.get(session.id);
        assert.deepEqual([...(endOf(ended) ?? []), ended?.closed_by], [false, 'revoked', fromNow(world, 0), 'user']);
      }
      for (const { token } of [here, other]) assert.equal((await sessions.validate(token)).active, true);
      assert.deepEqual(await sessions.closeOwn({ token: here.token, others: true }), { ids: [], more: false });
    },
  },
  {
    name: '[ASVS-7.5.2] ids of other users, of ended sessions and unknown ids are ignored',
    run: async ({ sessions, clock, changes }) => {
      const here = await sessions.open({ user_id: 'u' });
      const phone = await sessions.open({ user_id: 'u' });
      const idle = await sessions.open({ user_id: 'u', idle_timeout: 1 });
      const closed = await sessions.open({ user_id: 'u' });
      const other = await sessions.open({ user_id: 'v' });
      await sessions.close(closed.session.id);
      clock.advance(SECOND_MS);
      const ids = [other, idle, closed, phone, phone].map(({ session }) => session.id);
      assert.deepEqual(await sessions.closeOwn({ token: here.token, ids: [...ids, 'nobody', '\u{1f511}'] }), {
        ids: [phone.session.id],
        more: false,
      });
      assert.deepEqual(await sessions.closeOwn({ token: here.token, ids }), { ids: [], more: false });
      assert.deepEqual(await sessions.closeOwn({ token: here.token, ids: [] }), { ids: [], more: false });
      for (const { token } of [here, other]) assert.equal((await sessions.validate(token)).active, true);
      const reasons = await Promise.all(
        [idle, closed].map(async ({ session }) => (await sessions.get(session.id))?.close_reason),
      );
      assert.deepEqual(reasons, ['idle', 'closed']);
      assert.ok(
        changes.every((change) => change.type !== 'changed' || change.id !== other.session.id || change.revision === 1),
      );
    },
  },
  {
    name: 'a token can end its own session too, and then nothing more',
    run: async ({ sessions }) => {
      const { token, session } = await sessions.open({ user_id: 'u' });
      const phone = await sessions.open({ user_id: 'u' });
      const ids = [session.id, phone.session.id];
      assert.deepEqual((await sessions.closeOwn({ token, ids })).ids.toSorted(), ids.toSorted());
      assert.deepEqual(await sessions.validate(token), { active: false, reason: 'revoked' });
      const ended = isProblem('SESSION_CLOSED', { reason: 'revoked' });
      await assert.rejects(sessions.closeOwn({ token, ids }), ended);
      await assert.rejects(sessions.closeOwn({ token, others: true }), ended);
      await assert.rejects(sessions.own({ token }), ended);
    },
  },
  {
    name: 'an unknown token, and one of an ended session, list and end nothing',
    run: async ({ sessions, clock }) => {
      const { token } = await sessions.open({ user_id: 'u', idle_timeout: 1 });
      const other = await sessions.open({ user_id: 'u' });
      const unknown = [
        `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
        'none',
        `ps_${'0'.repeat(36)}_${'A'.repeat(43)}`,
      ];
      for (const guess of unknown) {
        await assert.rejects(sessions.own({ token: guess }), isProblem('TOKEN_UNKNOWN'));
        await assert.rejects(sessions.closeOwn({ token: guess, others: true }), isProblem('TOKEN_UNKNOWN'));
      }
      clock.advance(SECOND_MS);
      await assert.rejects(sessions.own({ token }), isProblem('SESSION_CLOSED', { reason: 'idle' }));
      await assert.rejects(sessions.closeOwn({ token, others: true }), isProblem('SESSION_CLOSED', { reason: 'idle' }));
      assert.equal((await sessions.validate(other.token)).active, true);
    },
  },
  ...(['own', 'closeOwn'] as const).map(
    (call): UseCase => ({
      name: `[K-05] a rotated token that ${call} gets after its grace ends the session as compromised`,
      run: async ({ sessions, clock, settings }) => {
        const { token, session } = await sessions.open({ user_id: 'u' });
        const other = await sessions.open({ user_id: 'u' });
        const use = (used: string) =>
          call === 'own' ? sessions.own({ token: used }) : sessions.closeOwn({ token: used, ids: [] });
        const current = await sessions.rotate({ token, auth_level: 2 });
        clock.advance(settings.rotation_grace_ms - 1);
        await use(token);
        clock.advance(1);
        await use(current.token);
        const compromised = isProblem('SESSION_CLOSED', { reason: 'compromised' });
        await assert.rejects(use(token), compromised);
        await assert.rejects(use(current.token), compromised);
        assert.equal((await sessions.get(session.id))?.close_reason, 'compromised');
        assert.equal((await sessions.validate(other.token)).active, true);
      },
    }),
  ),
  {
    name: 'the entries of session libraries are no own sessions of each other',
    run: async ({ sessions }) => {
      const user_id = 'urn:pip-sessions:browser-entries:0';
      const { token } = await sessions.open({ user_id });
      const other = await sessions.open({ user_id });
      await assert.rejects(sessions.own({ token }), isProblem('TOKEN_UNKNOWN'));
      await assert.rejects(sessions.closeOwn({ token, others: true }), isProblem('TOKEN_UNKNOWN'));
      assert.equal((await sessions.validate(other.token)).active, true);
    },
  },
  {
    name: '[K-11] an actor neither lists nor ends the sessions of its user, who sees the actor',
    run: async ({ sessions }) => {
      const { token } = await sessions.open({ user_id: 'u' });
      const actor = { type: 'user', id: 'support', reason: 'ticket 1' } as const;
      const support = await sessions.open({ user_id: 'u', actor });
      await assert.rejects(sessions.own({ token: support.token }), isProblem('ACTOR_SESSION'));
      for (const more of [{ others: true }, { ids: [support.session.id] }] as const) {
        await assert.rejects(sessions.closeOwn({ token: support.token, ...more }), isProblem('ACTOR_SESSION'));
      }
      const { items } = await sessions.own({ token, active: true });
      assert.deepEqual(items.find(({ id }) => id === support.session.id)?.actor, actor);
      assert.deepEqual((await sessions.closeOwn({ token, others: true })).ids, [support.session.id]);
    },
  },
  {
    name: 'a user who looks at the own devices stays signed in',
    run: async ({ sessions, clock, settled }) => {
      const { token, session } = await sessions.open({ user_id: 'u', idle_timeout: 3600 });
      const other = await sessions.open({ user_id: 'u', idle_timeout: 3600 });
      for (const use of [() => sessions.own({ token }), () => sessions.closeOwn({ token, ids: [] })]) {
        clock.advance(HOUR_MS - 1);
        await use();
        await settled();
      }
      clock.advance(HOUR_MS - 1);
      assert.equal((await sessions.get(session.id))?.active, true);
      assert.equal((await sessions.get(other.session.id))?.close_reason, 'idle');
    },
  },
  {
    name: 'closing own sessions takes either ids or others, and the error names both',
    run: async ({ sessions }) => {
      const { token } = await sessions.open({ user_id: 'u' });
      const other = await sessions.open({ user_id: 'u' });
      const both = isProblem('INVALID_DATA', { members: ['ids', 'others'] });
      await assert.rejects(sessions.closeOwn({ token }), both);
      await assert.rejects(sessions.closeOwn({ token, ids: [other.session.id], others: true }), both);
      const off = { token, others: false } as unknown as { readonly token: string };
      await assert.rejects(sessions.closeOwn(off), isProblem('INVALID_DATA', { members: ['others'] }));
      const many = Array.from({ length: 1001 }, () => other.session.id);
      await assert.rejects(sessions.closeOwn({ token, ids: many }), isProblem('INVALID_DATA', { members: ['ids'] }));
      assert.equal((await sessions.validate(other.token)).active, true);
    },
  },
];
