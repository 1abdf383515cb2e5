import assert from 'node:assert/strict';
import { HOUR_MS, isProblem, SECOND_MS } from './expectations.ts';
import type { UseCase, World } from './world.ts';

const TOKENS_MAX = 256;
const BYTES_MAX = 4_194_304;

/** Tokens in every state, by name. */
async function tokensOf({ sessions, clock, settings }: World) {
  const live = await sessions.open({ user_id: 'live', user: { name: 'Ann' }, data: { cart: ['é'] } });
  const closed = await sessions.open({ user_id: 'closed' });
  const idle = await sessions.open({ user_id: 'idle', idle_timeout: 1 });
  const stolen = await sessions.open({ user_id: 'stolen' });
  const removed = await sessions.open({ user_id: 'removed' });
  await sessions.close(closed.session.id);
  await sessions.remove(removed.session.id);
  await sessions.rotate({ token: stolen.token });
  clock.advance(settings.rotation_grace_ms + SECOND_MS);
  const rotated = await sessions.open({ user_id: 'rotated', auth_level: 1 });
  await sessions.rotate({ token: rotated.token, auth_level: 2 });
  return {
    live: live.token,
    closed: closed.token,
    idle: idle.token,
    stolen: stolen.token,
    removed: removed.token,
    rotated: rotated.token,
    forged: `${live.token.slice(0, -5)}AAAAA`,
    none: 'no token',
  };
}

/** Validations of many tokens at once. */
export const VALIDATION_CASES: readonly UseCase[] = [
  {
    name: 'many tokens have the results of single validations, in their order',
    run: async (world) => {
      const { sessions, settled } = world;
      const byName = await tokensOf(world);
      const tokens = Object.values(byName);
      const { results } = await sessions.validateMany(tokens);
      const reasons = results.map((validation) => (validation.active ? 'active' : validation.reason));
      assert.deepEqual(Object.fromEntries(Object.keys(byName).map((name, index) => [name, reasons[index]])), {
        live: 'active',
        closed: 'closed',
        idle: 'idle',
        stolen: 'compromised',
        removed: 'unknown',
        rotated: 'active',
        forged: 'unknown',
        none: 'unknown',
      });
      // The activity of the first validations is written now.
      await settled();
      const singles = await Promise.all(tokens.map((token) => sessions.validate(token)));
      assert.deepEqual((await sessions.validateMany(tokens)).results, singles);
      assert.deepEqual((await sessions.validateMany(tokens.toReversed())).results, singles.toReversed());
      for (const { close_reason } of (await sessions.list({ user_id: 'stolen' })).items) {
        assert.equal(close_reason, 'compromised');
      }
    },
  },
  {
    name: 'the same token may occur twice among many, also one that ends its session',
    run: async (world) => {
      const { sessions } = world;
      const { live, stolen, none } = await tokensOf(world);
      const { results } = await sessions.validateMany([live, stolen, none, stolen, live]);
      assert.deepEqual(results[4], results[0]);
      assert.equal(results[0]?.active, true);
      assert.deepEqual(results[1], { active: false, reason: 'compromised' });
      assert.deepEqual(results[3], results[1]);
    },
  },
  {
    name: 'validations of many tokens are activity, unless touch is false',
    run: async ({ sessions, clock, settled }) => {
      const opened = await Promise.all([1, 2, 3].map((n) => sessions.open({ user_id: `u${n}`, idle_timeout: 3600 })));
      const tokens = opened.map(({ token }) => token);
      const times = async () =>
        Promise.all(opened.map(async ({ session }) => (await sessions.get(session.id))?.request_time));
      const before = await times();
      clock.advance(HOUR_MS - SECOND_MS);
      const passive = await sessions.validateMany(tokens, { touch: false });
      assert.ok(passive.results.every(({ active }) => active));
      await settled();
      assert.deepEqual(await times(), before);
      await sessions.validateMany(tokens.slice(0, 2));
      await settled();
      clock.advance(HOUR_MS - 1);
      const { results } = await sessions.validateMany(tokens);
      assert.deepEqual(
        results.map(({ active }) => active),
        [true, true, false],
      );
    },
  },
  {
    name: 'one request validates 1 to 256 tokens; an error names the tokens property',
    run: async ({ sessions }) => {
      const { token } = await sessions.open({ user_id: 'u' });
      const tokens = Array.from({ length: TOKENS_MAX }, () => token);
      const { results } = await sessions.validateMany(tokens);
      assert.equal(results.filter(({ active }) => active).length, TOKENS_MAX);
      for (const [wrong, member] of [
        [[...tokens, token], 'tokens'],
        [[], 'tokens'],
        [[token, ''], 'tokens.1'],
        [[token, token, 1], 'tokens.2'],
        [['x'.repeat(4097)], 'tokens.0'],
      ] as const) {
        const validating = sessions.validateMany(wrong as readonly string[]);
        await assert.rejects(validating, isProblem('INVALID_DATA', { members: [member] }));
      }
      await assert.rejects(sessions.validateMany(tokens, { max_age: -1 }), isProblem('INVALID_DATA'));
    },
  },
  {
    name: 'sessions of more than 4 MiB are rejected together, and returned in parts',
    run: async ({ sessions, value_bytes_max }) => {
      // Each character has two bytes.
      const text = 'é'.repeat((value_bytes_max - 2) / 2);
      const { token } = await sessions.open({ user_id: 'u', user: text, data: text });
      const { results } = await sessions.validateMany([token]);
      const bytes = Buffer.byteLength(JSON.stringify(results[0])) + 1;
      const fitting = Math.floor((BYTES_MAX - 13) / bytes);
      const some = Array.from({ length: fitting }, () => token);
      assert.equal((await sessions.validateMany(some)).results.length, fitting);
      const tooMany = sessions.validateMany([...some, token]);
      await assert.rejects(tooMany, isProblem('INVALID_DATA', { members: ['tokens'] }));
    },
  },
];
