import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { removeAll } from '../../../../testing/stores/emptying.ts';
import { onEveryStore } from '../../../../testing/stores/stores.ts';
import { SessionsError } from '../domain/errors.ts';
import { asJsonText } from '../domain/json.ts';
import type { Session } from '../domain/session.ts';
import { Sessions } from '../domain/sessions.ts';
import type { SessionsSettings } from '../domain/settings.ts';
import { LIMIT_POLICIES, type LimitPolicy, type SessionStore } from '../domain/store.ts';
import { ManualClock } from '../domain/time/clock.ts';
import type { Validation } from '../domain/tokens/token-validator.ts';
import {
  ACTOR,
  ACTOR_LIFETIME_MS,
  GRACE_MS,
  IDLE_MS,
  LIFETIME_MS,
  MAX,
  type Step,
  step,
  TOUCH_WINDOW_MS,
  USERS,
} from './sessions-model-steps.ts';

/** The knowledge of a client that has seen only the responses. */
interface Known {
  readonly id: string;
  readonly user_id: string;
  readonly opened: number;
  readonly lifetime_ms: number;
  /** The latest token first. */
  readonly tokens: string[];
  /** When each token was rotated; undefined for the latest. */
  readonly rotated: Map<string, number>;
  last_activity: number;
  data: string | null;
  /** The session as it was first read after its end. */
  ended: Session | null;
}

type Validate = (tokens: readonly string[]) => Promise<readonly Validation[]>;

class World {
  readonly clock = new ManualClock(0);
  readonly sessions: Sessions;
  readonly known: Known[] = [];

  constructor(store: SessionStore, policy: LimitPolicy) {
    const settings: Partial<SessionsSettings> = {
      idle_timeout_ms: IDLE_MS,
      lifetime_ms_max: LIFETIME_MS,
      actor_lifetime_ms_max: ACTOR_LIFETIME_MS,
      rotation_grace_ms: GRACE_MS,
      limit: { max: MAX, policy },
    };
    this.sessions = new Sessions(store, this.clock, settings);
  }

  async follow(next: Step): Promise<void> {
    const { sessions, clock } = this;
    const now = clock.now();
    const known = 'which' in next ? this.#known(next.which) : undefined;
    switch (next.do) {
      case 'open':
        await Promise.all(Array.from({ length: next.at_once }, () => this.#open(next.user, next.has_actor)));
        return;
      case 'validate':
        if (known)
          await this.#validate([known], next.is_passive, async ([token = '']) => [
            await sessions.validate(token, { is_passive: next.is_passive }),
          ]);
        return;
      case 'validate_many': {
        const all = next.all.map((which) => this.#known(which)).filter((one) => one !== undefined);
        await this.#validate(all, next.is_passive, (tokens) =>
          sessions.validateMany(tokens, { is_passive: next.is_passive }),
        );
        return;
      }
      case 'touch': {
        const touched = known && (await orCode(sessions.touch(known.id)));
        if (known && typeof touched === 'object') known.last_activity = now;
        return;
      }
      case 'replace':
        if (known) await this.#race(known, next.at_once);
        return;
      case 'rotate':
        if (known) await this.#rotate(known, next.generation, next.at_once);
        return;
      case 'amend': {
        const changes = { idle_timeout_ms: next.idle_ms };
        if (known) await orCode(sessions.amend(known.id, changes));
        return;
      }
      case 'expire_at': {
        const expire_time = next.in_ms === null ? null : now + next.in_ms;
        const result = known && (await orCode(sessions.amend(known.id, { expire_time })));
        const isWithin = known && expire_time !== null && expire_time <= known.opened + known.lifetime_ms;
        if (typeof result === 'object') assert.ok(isWithin, 'a session may live longer than its maximum');
        else if (known) assert.equal(result, known.ended ? 'SESSION_CLOSED' : 'INVALID_DATA');
        return;
      }
      case 'close':
        if (known) assert.notEqual((await sessions.close(known.id))?.close_time, null);
        return;
      case 'close_all': {
        const request = {
          filter: { user_id: next.user },
          except: [],
          reason: 'revoked',
          limit: 100,
          dry_run: false,
        } as const;
        await sessions.closeMatching(request);
        assert.equal(await sessions.count({ user_id: next.user, active: true }), 0);
        return;
      }
      case 'sweep':
        await sessions.sweep();
        return;
      case 'wait':
        clock.advance(next.ms);
    }
  }

  /** Checks that all reads agree with each other and with earlier reads. */
  async check(): Promise<void> {
    const { sessions, clock } = this;
    await sessions.settled();
    const now = clock.now();
    const live: string[] = [];
    for (const known of this.known) {
      const session = await sessions.get(known.id);
      assert.ok(session, 'a session has disappeared');
      if (known.ended) assert.deepEqual({ ...session }, known.ended, 'an ended session has changed');
      else if (session.close_time !== null) known.ended = { ...session };
      if (session.close_time === null) {
        live.push(known.id);
        assert.ok(now < known.last_activity + IDLE_MS + TOUCH_WINDOW_MS, 'a session outlives its idle timeout');
        assert.ok(now < known.opened + known.lifetime_ms, 'a session outlives its absolute lifetime');
        assert.equal(session.data, known.data, 'a successful update is lost');
      } else if (session.close_reason === 'idle') {
        assert.ok(now >= known.last_activity + IDLE_MS / 2, 'a session in use has become idle');
      }
    }
    const page = await sessions.scan({ active: true }, null, 100);
    assert.deepEqual(page.sessions.map(({ id }) => id).toSorted(), live.toSorted());
    const listed = await sessions.list({ active: true }, { skip: 0, take: 100, total: true });
    assert.deepEqual(listed.sessions.map(({ id }) => id).toSorted(), live.toSorted());
    assert.equal(listed.total, live.length);
    for (const user_id of USERS) {
      const count = await sessions.count({ user_id, active: true });
      assert.equal(count, this.known.filter((known) => known.user_id === user_id && live.includes(known.id)).length);
      assert.ok((await this.#ownOf(user_id)) <= MAX, 'a user has more sessions than allowed');
    }
  }

  /** The number of live sessions that count for the limit of a user. */
  async #ownOf(user_id: string): Promise<number> {
    const { sessions } = await this.sessions.scan({ user_id, active: true }, null, 100);
    return sessions.filter(({ actor_id }) => actor_id === null).length;
  }

  async #open(user_id: string, has_actor: boolean): Promise<void> {
    const now = this.clock.now();
    const opened = await orCode(this.sessions.openWithToken({ user_id, ...(has_actor && ACTOR) }, null));
    assert.ok((await this.#ownOf(user_id)) <= MAX, 'a read saw more sessions than allowed');
    if (typeof opened === 'string') {
      assert.equal(opened, 'SESSION_LIMIT');
      assert.equal(has_actor, false, 'the limit applies to an actor');
    } else {
      const { session, token, evicted } = opened;
      if (has_actor) assert.deepEqual(evicted, [], 'an actor has signed the user out');
      const lifetime_ms = has_actor ? ACTOR_LIFETIME_MS : LIFETIME_MS;
      const times = { opened: now, last_activity: now, lifetime_ms };
      const seen = { data: null, ended: null, tokens: [token], rotated: new Map<string, number>() };
      this.known.push({ id: session.id, user_id, ...times, ...seen });
    }
  }

  #known(which: number): Known | undefined {
    return this.known[which % Math.max(1, this.known.length)];
  }

  async #validate(all: readonly Known[], is_passive: boolean, validate: Validate): Promise<void> {
    const sessions = () => Promise.all(all.map(({ id }) => this.sessions.get(id)));
    const before = await sessions();
    const validations = await validate(all.map(({ tokens: [token = ''] }) => token));
    assert.equal(validations.length, all.length);
    for (const [index, validation] of validations.entries()) {
      const [known, session] = [all[index], before[index]];
      assert.equal(validation.active, session?.close_time === null, 'get and validate disagree');
      if (!validation.active) assert.equal(validation.reason, session?.close_reason);
      else {
        assert.equal(validation.session.id, session?.id, 'a validation has the session of another token');
        if (known && !is_passive) known.last_activity = this.clock.now();
      }
    }
    if (!is_passive) return;
    await this.sessions.settled();
    assert.deepEqual(await sessions(), before, 'a passive validation has changed a session');
  }

  /** Concurrent writers that expect the same revision: one succeeds, and the others get `REVISION_CONFLICT`. */
  async #race(known: Known, at_once: number): Promise<void> {
    const { sessions, clock } = this;
    const revision = (await sessions.get(known.id))?.revision ?? 0;
    const values = Array.from({ length: at_once }, (_, n) => asJsonText(`"${clock.now()}-${revision}-${n}"`));
    const results = await Promise.all(
      values.map((value) => orCode(sessions.replace(known.id, 'data', value, revision))),
    );
    const winners = results.filter((result) => typeof result === 'object');
    const losers = results.filter((result) => typeof result === 'string');
    if (winners.length === 0) assert.ok(losers.every((code) => code === 'SESSION_CLOSED'));
    else {
      assert.equal(winners.length, 1, 'an update with If-Match was lost');
      assert.ok(losers.every((code) => code === 'REVISION_CONFLICT'));
      known.data = winners[0]?.data ?? null;
      known.last_activity = clock.now();
    }
  }

  async #rotate(known: Known, generation: number, at_once: number): Promise<void> {
    const now = this.clock.now();
    const index = Math.min(generation, known.tokens.length - 1);
    const token = known.tokens[index] ?? '';
    const isLive = (await this.sessions.get(known.id))?.close_time === null;
    const results = await Promise.all(Array.from({ length: at_once }, () => orCode(this.sessions.rotate(token))));
    const rotated = known.rotated.get(token);
    if (!isLive || (rotated !== undefined && now >= rotated + GRACE_MS)) {
      assert.ok(results.every((result) => result === 'SESSION_CLOSED'));
      return;
    }
    const successors = new Set(results.map((result) => (typeof result === 'string' ? result : result.token)));
    assert.equal(successors.size, 1, 'parallel rotations have different successors');
    const [successor = ''] = successors;
    if (rotated !== undefined) assert.equal(successor, known.tokens[index - 1]);
    else {
      known.tokens.unshift(successor);
      known.rotated.set(token, now);
      known.last_activity = now;
    }
  }
}

/** The result, or the code of the error. */
async function orCode<T>(result: Promise<T>): Promise<T | string> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof SessionsError) return error.code;
    throw error;
  }
}

async function follow(store: SessionStore, policy: LimitPolicy, steps: readonly Step[]): Promise<void> {
  const world = new World(store, policy);
  for (const next of steps) {
    await world.follow(next);
    await world.check();
  }
}

const NAME = 'random requests and sweeps break no rule of ends, limits, updates and reads';
const policies = fc.constantFrom(...LIMIT_POLICIES);

/** How many random sequences each store runs: a few seconds of them. */
const RUNS_ON_MEMORY = 300;

onEveryStore((stores) => {
  test(`${stores.name}: ${NAME}`, async () => {
    const store = await stores.empty();
    const property = fc.asyncProperty(
      policies,
      fc.array(step, { maxLength: 60, size: 'max' }),
      async (policy, steps) => {
        await removeAll(store, 0);
        await follow(store, policy, steps);
      },
    );
    await fc.assert(property, { numRuns: stores.runs(RUNS_ON_MEMORY) });
  });
});
