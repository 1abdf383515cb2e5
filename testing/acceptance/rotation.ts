import assert from 'node:assert/strict';
import { fromNow, fulfilled, HOUR_MS, inParallel, isProblem } from './expectations.ts';
import type { UseCase } from './world.ts';

/** Rotation of tokens, and use of rotated tokens. */
export const ROTATION_CASES: readonly UseCase[] = [
  {
    name: 'a rotated token is valid until its grace ends and has one successor',
    run: async ({ sessions, clock, settings }) => {
      const { token, session } = await sessions.open({ user_id: 'u', data: 1 });
      const first = await sessions.rotate({ token });
      assert.notEqual(first.token, token);
      assert.deepEqual(first.session, { ...session, revision: 2 });
      assert.partialDeepStrictEqual(await sessions.validate(first.token), { active: true, session: first.session });
      const second = await sessions.rotate({ token: first.token });
      clock.advance(settings.rotation_grace_ms - 1);
      assert.equal((await sessions.validate(token)).active, true);
      assert.equal((await sessions.rotate({ token })).token, first.token);
      assert.equal((await sessions.rotate({ token: first.token })).token, second.token);
      assert.equal((await sessions.validate(second.token)).active, true);
    },
  },
  {
    name: '50 parallel rotations of one token all return the same successor',
    run: async ({ sessions }) => {
      const { token } = await sessions.open({ user_id: 'u' });
      const results = fulfilled(await inParallel(50, () => sessions.rotate({ token })));
      assert.equal(results.length, 50);
      assert.equal(new Set(results.map((result) => result.token)).size, 1);
      assert.ok(results.every(({ session }) => session.revision === 2));
      for (const { token: successor } of results.slice(0, 1)) {
        assert.equal((await sessions.validate(successor)).active, true);
        assert.equal((await sessions.rotate({ token: successor })).session.revision, 3);
      }
    },
  },
  ...(['validated', 'rotated'] as const).map(
    (use): UseCase => ({
      name: `[K-05] a token that is ${use} after its grace ends the session, and the end is published`,
      run: async ({ sessions, clock, settings, changes }) => {
        const { token, session } = await sessions.open({ user_id: 'u' });
        const current = await sessions.rotate({ token });
        clock.advance(settings.rotation_grace_ms);
        assert.equal((await sessions.validate(current.token)).active, true);
        const reason = 'compromised';
        if (use === 'validated') assert.deepEqual(await sessions.validate(token), { active: false, reason });
        else await assert.rejects(sessions.rotate({ token }), isProblem('SESSION_CLOSED', { reason }));
        assert.deepEqual(await sessions.validate(current.token), { active: false, reason });
        assert.equal((await sessions.get(session.id))?.close_reason, reason);
        const { id, user_id } = session;
        assert.deepEqual(changes.at(-1), { type: 'changed', id, user_id, revision: 3, close_reason: reason });
      },
    }),
  ),
  {
    name: '[K-05] any earlier token ends the session as compromised, however old it is',
    run: async ({ sessions, clock, settings }) => {
      for (const [rotations, pause_ms, used] of [
        [40, 0, 0],
        [40, settings.rotation_grace_ms, 0],
        [40, settings.rotation_grace_ms, 20],
        [9, 0, 0],
      ] as const) {
        const tokens = [(await sessions.open({ user_id: 'u' })).token];
        for (let n = 0; n < rotations; n += 1) {
          tokens.push((await sessions.rotate({ token: tokens.at(-1) ?? '' })).token);
          clock.advance(pause_ms);
        }
        assert.equal((await sessions.validate(tokens.at(-1) ?? '')).active, true);
        assert.deepEqual(await sessions.validate(tokens[used] ?? ''), { active: false, reason: 'compromised' });
        assert.deepEqual(await sessions.validate(tokens.at(-1) ?? ''), { active: false, reason: 'compromised' });
      }
    },
  },
  {
    name: 'an earlier token with a changed character is unknown and ends nothing',
    run: async ({ sessions }) => {
      const { token } = await sessions.open({ user_id: 'u' });
      const current = (await sessions.rotate({ token })).token;
      for (let at = token.length - 43; at < token.length; at += 1) {
        const forged = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
        assert.deepEqual(await sessions.validate(forged), { active: false, reason: 'unknown' });
        await assert.rejects(sessions.rotate({ token: forged }), isProblem('TOKEN_UNKNOWN'));
      }
      assert.equal((await sessions.validate(current)).active, true);
    },
  },
  {
    name: '[ASVS-7.2.4] in its grace, a token from before a reauthentication gains no rights',
    run: async (world) => {
      const { sessions, clock, settings } = world;
      const { token: first } = await sessions.open({ user_id: 'u', auth_methods: ['pwd'], auth_level: 1 });
      const { token: second } = await sessions.rotate({ token: first });
      const renewed = await sessions.rotate({ token: second, auth_methods: ['pwd', 'otp'], auth_level: 2 });
      const third = await sessions.rotate({ token: renewed.token });
      const again = await sessions.rotate({ token: third.token, auth_level: 3 });
      const levels = [];
      for (const token of [first, second, renewed.token, third.token, again.token]) {
        const validation = await sessions.validate(token);
        levels.push(validation.active && validation.session.auth_level);
      }
      assert.deepEqual(levels, [1, 1, 2, 2, 3]);
      assert.equal((await sessions.rotate({ token: first })).token, second);
      assert.equal((await sessions.rotate({ token: first })).session.auth_level, 1);
      await assert.rejects(sessions.rotate({ token: second }), isProblem('TOKEN_REPLACED'));
      assert.equal((await sessions.rotate({ token: renewed.token })).token, third.token);
      await assert.rejects(sessions.rotate({ token: third.token }), isProblem('TOKEN_REPLACED'));
      clock.advance(settings.rotation_grace_ms);
      assert.deepEqual(await sessions.validate(second), { active: false, reason: 'compromised' });
    },
  },
  {
    name: 'a repeated reauthentication rotates once; a different one replaces the token',
    run: async ({ sessions }) => {
      const { token } = await sessions.open({ user_id: 'u' });
      const renewal = { token, auth_methods: ['otp'], auth_level: 2 };
      const sent = fulfilled(await inParallel(10, () => sessions.rotate(renewal)));
      assert.equal(sent.length, 10);
      assert.equal(new Set(sent.map((result) => result.token)).size, 1);
      assert.ok(sent.every(({ session }) => session.auth_level === 2));
      const other = await sessions.rotate({ token, auth_level: 3 });
      const validation = await sessions.validate(other.token);
      assert.deepEqual([other.session.auth_level, validation.active], [3, true]);
      const [before] = sent;
      assert.partialDeepStrictEqual(await sessions.validate(before?.token ?? ''), { session: { auth_level: 2 } });
    },
  },
  {
    name: '[K-06] a token in its grace may not be cached beyond the end of the grace',
    settings: { touch_interval_ms: 60_000 },
    run: async ({ sessions, clock, settings, settled }) => {
      const { token } = await sessions.open({ user_id: 'u' });
      clock.advance(1);
      await sessions.validate(token);
      await settled();
      await sessions.rotate({ token });
      for (const left_ms of [settings.rotation_grace_ms, 5_000, 1]) {
        const validation = await sessions.validate(token);
        assert.ok(validation.active);
        assert.ok(validation.max_age * 1000 <= left_ms, `${validation.max_age} s with ${left_ms} ms left`);
        clock.advance(left_ms === settings.rotation_grace_ms ? left_ms - 5_000 : left_ms - 1);
      }
    },
  },
  {
    name: '[ASVS-7.5.3] a rotation keeps the authentication data, or replaces it if it sends new data',
    run: async (world) => {
      const { sessions, clock } = world;
      const proof = { auth_time: fromNow(world, -HOUR_MS), auth_methods: ['pwd'], auth_level: 1 };
      const { token } = await sessions.open({ user_id: 'u', ...proof });
      const proofOf = ({ session }: Awaited<ReturnType<typeof sessions.rotate>>) => {
        const { auth_time, auth_methods, auth_level } = session;
        return { auth_time, auth_methods, auth_level };
      };
      clock.advance(HOUR_MS);
      const plain = await sessions.rotate({ token });
      assert.deepEqual(proofOf(plain), proof);
      const stepUp = await sessions.rotate({ token: plain.token, auth_methods: ['pwd', 'otp'], auth_level: 2 });
      const renewed = { auth_time: fromNow(world, 0), auth_methods: ['pwd', 'otp'], auth_level: 2 };
      assert.deepEqual(proofOf(stepUp), renewed);
      const validation = await sessions.validate(stepUp.token);
      assert.ok(validation.active);
      assert.deepEqual(proofOf({ ...validation, token }), renewed);
    },
  },
  {
    name: 'every change of a session is published once and in order, except touches',
    run: async ({ sessions, clock, settled, changes }) => {
      const { session, token } = await sessions.open({ user_id: 'u' });
      await sessions.replaceData(session.id, 1);
      clock.advance(HOUR_MS);
      await sessions.touch(session.id);
      await sessions.rotate({ token });
      await sessions.patchData(session.id, { a: 1 });
      await settled();
      await sessions.close(session.id, { reason: 'revoked' });
      await sessions.close(session.id);
      await sessions.remove(session.id);
      const told = changes.map((change) =>
        change.type === 'changed' ? [change.id, change.revision, change.close_reason] : change.type,
      );
      const open = [1, 2, 3, 4].map((revision) => [session.id, revision, null]);
      assert.deepEqual(told, [...open, [session.id, 5, 'revoked'], 'removed']);
    },
  },
];
