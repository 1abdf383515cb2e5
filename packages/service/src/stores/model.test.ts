import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { removeAll } from '../../../../testing/stores/emptying.ts';
import { onEveryStore } from '../../../../testing/stores/stores.ts';
import { asJsonText } from '../domain/json.ts';
import { asOf, isLive, open, type Session } from '../domain/session.ts';
import { apply, type SessionUpdate } from '../domain/session-update.ts';
import type { PageRequest, SessionFilter, SessionStore } from '../domain/store.ts';

/** Few ids, users and times, so that they often collide. */
const IDS = ['a', 'b', 'c', 'd', 'e'];
const id = fc.constantFrom(...IDS);
const user_id = fc.constantFrom('x', 'y');
const time = fc.integer({ min: 0, max: 60 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const step = fc.oneof(
  fc.record({
    do: fc.constant('insert' as const),
    id,
    user_id,
    idle: fc.integer({ min: 1, max: 30 }),
    expire: maybe(time),
    has_actor: fc.boolean(),
  }),
  fc.record({ do: fc.constant('replace' as const), id, member: fc.constantFrom('user' as const, 'data' as const) }),
  fc.record({
    do: fc.constant('amend' as const),
    id,
    expire_time: maybe(time),
    idle_timeout_ms: maybe(time.filter(Boolean)),
  }),
  fc.record({ do: fc.constant('touch' as const), id, window: fc.integer({ min: 0, max: 5 }) }),
  fc.record({ do: fc.constant('close' as const), id }),
  fc.record({ do: fc.constant('remove' as const), id }),
  fc.record({ do: fc.constant('remove of user' as const), user_id }),
  fc.record({ do: fc.constant('expire' as const), limit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20 }) }),
  fc.record({
    do: fc.constant('list' as const),
    filter: fc.record({
      id: maybe(id),
      user_id: maybe(user_id),
      active: maybe(fc.boolean()),
      from_time: maybe(time),
      to_time: maybe(time),
    }),
    page: fc.record({
      skip: fc.integer({ min: 0, max: 4 }),
      take: fc.integer({ min: 0, max: 4 }),
      total: fc.boolean(),
    }),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The simplest implementation of the contract: a map of all sessions, and each rule applied to every session. */
class Model {
  readonly sessions = new Map<string, Session>();

  list(filter: SessionFilter, page: PageRequest, now: number) {
    const matching = [...this.sessions.values()]
      .filter((session) => filter.id === undefined || session.id === filter.id)
      .filter((session) => filter.user_id === undefined || session.user_id === filter.user_id)
      .filter((session) => filter.active === undefined || isLive(session, now) === filter.active)
      .filter((session) => filter.from_time === undefined || session.request_time >= filter.from_time)
      .filter((session) => filter.to_time === undefined || session.request_time < filter.to_time)
      .sort((a, b) => b.request_time - a.request_time || (a.id < b.id ? -1 : 1));
    const ids = matching.slice(page.skip, page.skip + page.take).map((session) => session.id);
    return { ids, total: page.total ? matching.length : null };
  }
}

type Change = Extract<Step, { do: 'replace' | 'amend' | 'touch' | 'close' }>;

function updateOf(step: Change, now: number): SessionUpdate {
  switch (step.do) {
    case 'replace':
      return { type: 'replace', member: step.member, value: asJsonText(String(now)) };
    case 'touch':
      return { type: 'touch', touch_window_ms: step.window };
    case 'close':
      return { type: 'close', reason: 'closed', by: 'user' };
    case 'amend': {
      const { expire_time, idle_timeout_ms } = step;
      const changes = {
        ...(expire_time !== undefined && { expire_time }),
        ...(idle_timeout_ms !== undefined && { idle_timeout_ms }),
      };
      return { type: 'amend', changes, lifetime_ms_max: 40, actor_lifetime_ms_max: 20 };
    }
  }
}

async function follow(store: SessionStore, steps: readonly Step[]): Promise<void> {
  const model = new Model();
  let now = 10;
  for (const next of steps) {
    switch (next.do) {
      case 'insert': {
        const fields = { user_name: null, address: null, client: null, user: null, data: asJsonText('0') };
        const deadlines = { idle_timeout_ms: next.idle, expire_time: next.expire ?? null };
        const actor = next.has_actor ? ({ actor_type: 'agent', actor_id: 'bot' } as const) : {};
        const session = open(next.id, { ...fields, ...deadlines, ...actor, user_id: next.user_id }, now);
        const inserted = await store.insert(session, null, now).then(
          () => true,
          () => false,
        );
        assert.equal(inserted, !model.sessions.has(next.id));
        if (inserted) model.sessions.set(next.id, session);
        break;
      }
      case 'replace':
      case 'amend':
      case 'touch':
      case 'close': {
        const change = updateOf(next, now);
        const session = model.sessions.get(next.id);
        const changed = session && apply(session, change, now);
        if (changed) model.sessions.set(next.id, changed.session);
        const { outcome } = await store.update(next.id, change, now);
        assert.equal(outcome, changed?.outcome ?? 'missing');
        break;
      }
      case 'remove': {
        const removed = await store.remove(next.id);
        assert.deepEqual(view(removed, now), view(model.sessions.get(next.id) ?? null, now));
        model.sessions.delete(next.id);
        break;
      }
      case 'remove of user': {
        const removed = [...model.sessions.values()].filter((session) => session.user_id === next.user_id);
        const live = removed.filter((session) => isLive(session, now)).length;
        const expected = { count: removed.length, live, more: false };
        assert.deepEqual(await store.removeOfUser(next.user_id, IDS.length + 1, now), expected);
        for (const session of removed) model.sessions.delete(session.id);
        break;
      }
      case 'expire':
        // A store may choose which of several due sessions a bounded step ends: all of them read as ended.
        assert.ok((await store.expire(now, next.limit)).count <= next.limit);
        break;
      case 'wait':
        now += next.ms;
        break;
      case 'list': {
        const filter = Object.fromEntries(Object.entries(next.filter).filter(([, value]) => value !== undefined));
        const page = await store.list(filter, next.page, now);
        const answered = { ids: page.sessions.map((session) => session.id), total: page.total };
        assert.deepEqual(answered, model.list(filter, next.page, now));
        for (const session of page.sessions) assert.equal(asOf(session, now).close_time === null, isLive(session, now));
      }
    }
    for (const [known, session] of model.sessions) {
      assert.deepEqual(view(await store.find(known), now), view(session, now));
    }
  }
}

function view(session: Session | null, now: number): Session | null {
  return session && { ...asOf(session, now) };
}

/** How many random sequences each store runs: a few seconds of them. */
const RUNS_ON_MEMORY = 500;

onEveryStore((stores) => {
  test(`${stores.name}: random operations have the same results as in the simplest store`, async () => {
    const store = await stores.empty();
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      await removeAll(store, 0);
      await follow(store, steps);
    });
    await fc.assert(property, { numRuns: stores.runs(RUNS_ON_MEMORY) });
  });
});
