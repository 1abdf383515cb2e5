import assert from 'node:assert/strict';
import { userPrefix } from '../../domain/ids.ts';
import { asJsonText } from '../../domain/json.ts';
import type { Session } from '../../domain/session.ts';
import type { SessionUpdate } from '../../domain/session-update.ts';
import { LIMIT_POLICIES, type LimitPolicy, type SessionStore } from '../../domain/store.ts';
import { LEASE_AHEAD_MS_MAX } from '../../domain/time/clock-check.ts';
import { elapsedTime } from '../../domain/time/elapsed-time.ts';
import { ALL, EVERYTHING, HOUR_MS, isCode, NOW, session } from './fixtures.ts';
import { PublishedChanges, watermarkReached } from './told.ts';

/** One requirement of a store that several nodes share. `run` rejects if the store does not meet it. */
export interface NodesConformanceCase {
  /** The rule that the case checks. */
  readonly name: string;
  /** Needs two open stores on the same data, without sessions and without a lease, and leaves sessions in it. */
  readonly run: (here: SessionStore, there: SessionStore) => Promise<void>;
}

const LEASE_MS = 1_000;
const OPENINGS = 40;
const LIVE_MAX = 3;
const ROUNDS_MAX = 100;

/**
 * The conformance suite for stores that several nodes share: checks the contract in `domain/store.ts` through two
 * nodes. Run each case on empty data of its own:
 *
 * ```ts
 * import { test } from 'node:test';
 * import { NODES_CONFORMANCE_CASES } from './conformance.ts';
 *
 * for (const { name, run } of NODES_CONFORMANCE_CASES) {
 *   // Both stores are connected to the same data.
 *   test(name, async () => run(await openEmptyStore(), await openAgain()));
 * }
 * ```
 */
export const NODES_CONFORMANCE_CASES: readonly NodesConformanceCase[] = [
  {
    name: 'a write that succeeded on one node is seen by every read on the other node',
    run: async (here, there) => {
      const { id } = await inserted(here, 0);
      assert.equal((await there.find(id))?.close_time, null);
      assert.deepEqual(await liveIds(there), [[id], [id], 1]);
      await here.update(id, { type: 'replace', member: 'data', value: asJsonText('1') }, NOW + 1);
      assert.deepEqual([(await there.find(id))?.data, (await there.find(id))?.revision], ['1', 2]);
      await here.update(id, { type: 'close', reason: 'revoked' }, NOW + 1);
      assert.equal((await there.find(id))?.close_reason, 'revoked');
      assert.deepEqual(await liveIds(there), [[], [], 0]);
      assert.equal(await there.count({ close_reason: 'revoked' }, NOW + 1), 1);
      assert.equal((await there.update(id, { type: 'touch', touch_window_ms: 5 }, NOW + 2)).outcome, 'refused');
      await here.remove(id);
      assert.equal(await there.find(id), null);
      assert.equal(await there.count({}, NOW + 1), 0);
    },
  },
  {
    name: 'each node publishes each change once, whichever node made it',
    run: async (here, there) => {
      // Wait until changes from before this case have been published.
      const before = elapsedTime();
      await Promise.all([here, there].map((node) => watermarkReached(node, before)));
      const published = [new PublishedChanges(here), new PublishedChanges(there)];
      const [a, b, c] = [await inserted(here, 0), await inserted(there, 1), await inserted(here, 2)];
      await there.update(a.id, { type: 'replace', member: 'data', value: asJsonText('1') }, NOW + 1);
      await there.update(a.id, { type: 'touch', touch_window_ms: 5 }, NOW + 2);
      await here.update(a.id, { type: 'close', reason: 'closed' }, NOW + 2);
      await there.closeMatching({ ...EVERYTHING, filter: { id: b.id } }, NOW + 2);
      await here.expire(NOW + 2 * HOUR_MS, 10);
      await there.remove(c.id);
      const last = await inserted(here, 3, { open_time: NOW + 3 });
      const expected = [
        [a.id, [1, 2, '3 closed']],
        [b.id, [1, '2 revoked']],
        [c.id, [1, '2 idle', 'removed']],
        [last.id, [1]],
      ];
      const moment = elapsedTime();
      await Promise.all([here, there].map((node) => watermarkReached(node, moment)));
      for (const node of published) assert.deepEqual(node.all(), Object.fromEntries(expected));
    },
  },
  ...LIMIT_POLICIES.map(
    (policy): NodesConformanceCase => ({
      name: `a limit holds at every read while two nodes open sessions of one user: ${policy}`,
      run: (here, there) => openOnBoth(here, there, policy),
    }),
  ),
  {
    name: 'changes through two nodes each get a revision, and none succeeds after a close',
    run: async (here, there) => {
      const { id } = await inserted(here, 0);
      const store20 = () =>
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 ? here : there).update(id, { type: 'replace', member: 'data', value: asJsonText(`${n}`) }, NOW + 1),
        );
      const before = store20();
      const closings = [here, there].map((node) => node.update(id, { type: 'close', reason: 'closed' }, NOW + 1));
      const outcomes = (await Promise.all([...before, ...closings, ...store20()])).map(({ outcome }) => outcome);
      const updated = outcomes.filter((outcome) => outcome === 'updated').length;
      assert.equal(updated + outcomes.filter((outcome) => outcome === 'refused').length, outcomes.length);
      const ends = (await Promise.all(closings)).map(({ outcome }) => outcome);
      assert.deepEqual(ends.toSorted(), ['refused', 'updated']);
      for (const node of [here, there]) {
        const stored = await node.find(id);
        assert.deepEqual([stored?.revision, stored?.data, stored?.close_reason], [1 + updated, null, 'closed']);
      }
    },
  },
  {
    name: 'of rotations of one token on two nodes, one succeeds and all return its result',
    run: async (here, there) => {
      const token = { hash: 'h', lineage: null, open_nonce: null, past: [] };
      const { id } = await inserted(here, 0, { token });
      const rotated = await Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 ? here : there).update(id, rotation(n), NOW + 1)),
      );
      assert.equal(rotated.filter(({ outcome }) => outcome === 'updated').length, 1);
      assert.equal(rotated.filter(({ outcome }) => outcome === 'conflict').length, 9);
      const stored = await there.find(id);
      assert.equal(stored?.revision, 2);
      for (const result of rotated) assert.deepEqual('session' in result && result.session.token, stored?.token);
    },
  },
  {
    name: 'an id that two nodes insert at once is inserted once',
    run: async (here, there) => {
      const results = await Promise.allSettled(
        Array.from({ length: 40 }, (_, n) => inserted(n % 2 ? here : there, Math.floor(n / 2))),
      );
      const taken = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
      assert.equal(taken.length, 20);
      assert.ok(taken.every(isCode('ID_TAKEN')));
      assert.equal(await here.count({}, NOW), 20);
      assert.deepEqual(await there.hours(NOW), [{ hour: NOW, opened: 20, closed: {} }]);
    },
  },
  {
    name: 'two nodes that expire and purge at once end and delete each session once',
    run: async (here, there) => {
      const published = new PublishedChanges(there);
      const sessions = await Promise.all(Array.from({ length: 60 }, (_, n) => inserted(here, n)));
      const later = NOW + HOUR_MS;
      const expired = await onBothUntilNone(here, there, async (node) => (await node.expire(later, 7)).count);
      assert.equal(expired, 60);
      assert.deepEqual((await there.hours(later))[0]?.closed, { idle: 60 });
      await watermarkReached(there, elapsedTime());
      const ofEach = published.all();
      for (const { id } of sessions) assert.deepEqual(ofEach[id], [1, '2 idle']);
      assert.equal(await onBothUntilNone(here, there, (node) => node.purge(later + 1, 7)), 60);
      assert.equal(await here.count({}, later), 0);
    },
  },
  {
    name: 'parallel bulk closes and sweeps on two nodes close each session once',
    run: async (here, there) => {
      const sessions = await Promise.all(
        Array.from({ length: 60 }, (_, n) => inserted(here, n, { idle_timeout_ms: n % 3 === 0 ? 5 : HOUR_MS })),
      );
      const now = NOW + 5;
      const closed: string[] = [];
      await Promise.all([
        ...[here, there].map(async (node) => closed.push(...(await node.closeMatching(EVERYTHING, now)).ids)),
        ...sessions.map(({ id }, n) => (n % 2 ? here : there).update(id, { type: 'touch', touch_window_ms: 5 }, now)),
        onBothUntilNone(here, there, async (node) => (await node.expire(now, 7)).count),
        // No session has ended before this moment: the purge finds none to delete.
        ...[here, there].map((node) => node.purge(NOW, 7)),
      ]);
      await onBothUntilNone(here, there, async (node) => (await node.expire(now, 7)).count);
      await onBothUntilNone(here, there, async (node) => {
        const { ids } = await node.closeMatching(EVERYTHING, now);
        closed.push(...ids);
        return ids.length;
      });
      const live = sessions.filter(({ idle_timeout_ms }) => idle_timeout_ms === HOUR_MS);
      assert.deepEqual(closed.toSorted(), live.map(({ id }) => id).toSorted());
      assert.deepEqual((await there.hours(NOW))[0]?.closed, { revoked: live.length, idle: 60 - live.length });
    },
  },
  {
    name: 'a node has published every write that succeeded before its watermark',
    run: async (here, there) => {
      const published = new PublishedChanges(there);
      for (let n = 0; n < 3; n += 1) {
        const { id } = await inserted(here, n);
        await watermarkReached(there, elapsedTime());
        assert.ok(published.has(id));
      }
      published.stop();
    },
  },
  {
    name: 'a lease has one holder, who can renew or release it, until the lease runs out',
    run: async (here, there) => {
      const both = (now: number) =>
        Promise.all([here.lease('here', LEASE_MS, now), there.lease('there', LEASE_MS, now)]);
      const first = await both(NOW);
      assert.equal(first.filter(Boolean).length, 1);
      assert.deepEqual(await both(NOW), first);
      const [isHere] = first;
      const [holder, other] = isHere ? (['here', 'there'] as const) : (['there', 'here'] as const);
      const [holding, waiting] = isHere ? [here, there] : [there, here];
      assert.equal(await holding.lease(holder, LEASE_MS, NOW + LEASE_MS - 1), true);
      assert.equal(await waiting.lease(other, LEASE_MS, NOW + 2 * LEASE_MS - 2), false);
      assert.equal(await waiting.lease(other, 0, NOW + 2 * LEASE_MS - 2), false);
      assert.equal(await holding.lease(holder, LEASE_MS, NOW + 2 * LEASE_MS - 2), true);
      assert.equal(await waiting.lease(other, LEASE_MS, NOW + 3 * LEASE_MS - 2), true);
      assert.equal(await holding.lease(holder, LEASE_MS, NOW + 3 * LEASE_MS), false);
      await waiting.lease(other, 0, NOW + 3 * LEASE_MS);
      assert.equal(await holding.lease(holder, LEASE_MS, NOW + 3 * LEASE_MS), true);
    },
  },
  {
    name: '[E-04] a lease far longer than the maximum is void; a slightly longer one is valid',
    run: async (here, there) => {
      const ahead = NOW + LEASE_AHEAD_MS_MAX;
      assert.equal(await here.lease('here', LEASE_MS, ahead), true);
      assert.equal(await there.lease('there', LEASE_MS, NOW), false);
      assert.equal(await here.lease('here', LEASE_MS, ahead + 1), true);
      assert.equal(await there.lease('there', 0, NOW), false);
      assert.equal(await here.lease('here', LEASE_MS, ahead + 40 * 24 * HOUR_MS), true);
      assert.equal(await there.lease('there', LEASE_MS, NOW), true);
      assert.equal(await here.lease('here', LEASE_MS, NOW), false);
    },
  },
  {
    name: 'a lease that is released by a clock that is ahead is free at once',
    run: async (here, there) => {
      assert.equal(await here.lease('here', LEASE_MS, NOW), true);
      assert.equal(await here.lease('here', 0, NOW + LEASE_AHEAD_MS_MAX), false);
      assert.equal(await there.lease('there', LEASE_MS, NOW), true);
    },
  },
];

/**
 * The id of a session of `user`, built as the service builds ids: a sharded store keeps the sessions of a user
 * together.
 */
function ownId(n: number): string {
  return userPrefix('user') + n.toString(16).padStart(32, '0');
}

async function inserted(node: SessionStore, n: number, members: Partial<Session> = {}): Promise<Session> {
  const made = session(ownId(n), members);
  await node.insert(made, null, made.open_time);
  return made;
}

/** The ids of live sessions that a list and a scan return, and their count. */
async function liveIds(node: SessionStore) {
  const filter = { user_id: 'user', active: true };
  const { sessions: listed } = await node.list(filter, ALL, NOW + 1);
  const { sessions: scanned } = await node.scan(filter, null, 10, NOW + 1);
  return [listed.map(({ id }) => id), scanned.map(({ id }) => id), await node.count(filter, NOW + 1)];
}

async function openOnBoth(here: SessionStore, there: SessionStore, policy: LimitPolicy): Promise<void> {
  const limit = { max: LIVE_MAX, policy };
  const live = (node: SessionStore) => node.count({ user_id: 'user', active: true }, NOW);
  const results = await Promise.allSettled(
    Array.from({ length: OPENINGS }, async (_, n) => {
      const [node, other] = n % 2 ? [here, there] : [there, here];
      const evicted = await node.insert(session(ownId(n)), limit, NOW);
      assert.ok((await live(other)) <= LIVE_MAX, 'a read saw more sessions than allowed');
      return evicted.map((session) => session.id);
    }),
  );
  for (const node of [here, there]) assert.equal(await live(node), LIVE_MAX);
  const evicted = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  for (const error of refused) if (!isCode('SESSION_LIMIT')(error)) throw error;
  assert.equal(new Set(evicted).size, evicted.length, 'a session was evicted twice');
  const excess = OPENINGS - LIVE_MAX;
  assert.deepEqual([evicted.length, refused.length], policy === 'deny' ? [0, excess] : [excess, 0]);
}

/** Works on both nodes in parallel until neither finds more. Returns how many both found in total. */
async function onBothUntilNone(
  here: SessionStore,
  there: SessionStore,
  work: (node: SessionStore) => Promise<number>,
): Promise<number> {
  let sum = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const found = await Promise.all([work(here), work(there)]);
    if (found.every((count) => count === 0)) return sum;
    for (const count of found) sum += count;
  }
  throw new Error(`The work on both nodes did not end within ${ROUNDS_MAX} rounds.`);
}

function rotation(n: number): SessionUpdate {
  const hashes = { from_hash: 'h', to_hash: `h${n}`, nonce: `n${n}` };
  return { type: 'rotate', ...hashes, grace_until: NOW + 9, authentication: null };
}
