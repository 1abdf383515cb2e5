import assert from 'node:assert/strict';
import type { LimitPolicy } from '../../packages/service/src/domain/store.ts';
import { fulfilled, idsOf, inParallel, isProblem, rejected, SECOND_MS } from './expectations.ts';
import type { UseCase, World } from './world.ts';

const VICTIMS = { evict_oldest: 'oldest', evict_idle: 'least recently used' };

/** A user never has more live sessions than allowed. */
export const LIMIT_CASES: readonly UseCase[] = [
  {
    name: '[ASVS-7.1.2] at the limit another open is rejected until a session of the same user ends',
    settings: { limit: { max: 2, policy: 'deny' } },
    run: async ({ sessions, clock }) => {
      const refused = () => assert.rejects(sessions.open({ user_id: 'u' }), isProblem('SESSION_LIMIT', { max: 2 }));
      const { session } = await sessions.open({ user_id: 'u' });
      await sessions.open({ user_id: 'u', idle_timeout: 10 });
      await refused();
      assert.equal((await sessions.open({ user_id: 'v' })).session.active, true);
      await sessions.close(session.id);
      await sessions.open({ user_id: 'u' });
      await refused();
      // No sweep has run: an expired session does not count towards the limit.
      clock.advance(10 * SECOND_MS);
      await sessions.open({ user_id: 'u' });
      await refused();
      assert.equal(await sessions.count({ user_id: 'u', active: true }), 2);
    },
  },
  {
    name: 'the session limit does not count entries of session libraries',
    settings: { limit: { max: 1, policy: 'deny' } },
    run: async ({ sessions }) => {
      const user_id = 'urn:pip-sessions:browser-entries:5';
      for (const _ of [1, 2, 3]) await sessions.open({ user_id });
      assert.equal(await sessions.count({ user_id, active: true }), 3);
    },
  },
  ...(['evict_oldest', 'evict_idle'] as const).map(
    (policy): UseCase => ({
      name: `[ASVS-7.1.2] at the limit, ${policy} ends the user's ${VICTIMS[policy]} session`,
      settings: { limit: { max: 2, policy } },
      run: async ({ sessions, clock, settled, changes }) => {
        const first = await sessions.open({ user_id: 'u' });
        clock.advance(SECOND_MS);
        const second = await sessions.open({ user_id: 'u' });
        const other = await sessions.open({ user_id: 'v' });
        clock.advance(SECOND_MS);
        await sessions.validate(first.token);
        await settled();
        const third = await sessions.open({ user_id: 'u' });
        const [evicted, kept] = policy === 'evict_oldest' ? [first, second] : [second, first];
        assert.deepEqual(third.evicted, [evicted.session.id]);
        const reason = 'evicted';
        assert.deepEqual(await sessions.validate(evicted.token), { active: false, reason });
        for (const { token } of [kept, third, other]) assert.equal((await sessions.validate(token)).active, true);
        const told = { id: evicted.session.id, user_id: 'u', revision: 2, close_reason: reason };
        assert.deepEqual(
          changes.filter((change) => 'close_reason' in change && change.close_reason !== null),
          [{ type: 'changed', ...told }],
        );
      },
    }),
  ),
  ...(['deny', 'evict_oldest', 'evict_idle'] as const).map(
    (policy): UseCase => ({
      name: `50 parallel opens with a limit of 5 never show more than 5 live: ${policy}`,
      settings: { limit: { max: 5, policy } },
      run: (world) => openManyAtOnce(world, policy),
    }),
  ),
];

async function openManyAtOnce(world: World, policy: LimitPolicy): Promise<void> {
  const { sessions } = world;
  let seen = 0;
  const results = await inParallel(50, async (n) => {
    const opening = sessions.open({ user_id: 'u' });
    // May be rejected before the reads end. The result is checked below.
    opening.catch(() => {});
    if (n % 5 === 0) {
      const { items } = await sessions.list({ user_id: 'u', active: true });
      seen = Math.max(seen, items.length, await sessions.count({ user_id: 'u', active: true }));
    }
    return opening;
  });
  assert.ok(seen <= 5, `${seen} live sessions were seen`);
  const live = await idsOf(world, { user_id: 'u', active: true });
  assert.equal(live.length, 5);
  const opened = fulfilled(results);
  if (policy === 'deny') {
    for (const error of rejected(results)) isProblem('SESSION_LIMIT')(error);
    assert.deepEqual(opened.map(({ session }) => session.id).toSorted(), live.toSorted());
    return;
  }
  assert.equal(opened.length, 50);
  const evicted = opened.flatMap((result) => result.evicted);
  assert.deepEqual([evicted.length, new Set(evicted).size], [45, 45]);
  const ended = await idsOf(world, { user_id: 'u', close_reason: 'evicted' });
  assert.deepEqual(ended.toSorted(), evicted.toSorted());
}
