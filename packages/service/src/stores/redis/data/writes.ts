import type { Session } from '../../../domain/session.ts';
import { type Applied, apply, type SessionUpdate } from '../../../domain/session-update.ts';
import type { UpdateResult } from '../../../domain/store.ts';
import { assertMayEnd, type Clock } from '../../../domain/time/clock.ts';
import { unavailable } from '../../shared/unavailable.ts';
import type { Feed } from '../feed/feed.ts';
import type { CallDeadline } from '../topology/call-deadline.ts';
import { OutcomeUnknown, type ShardRouter } from '../topology/shard-router.ts';
import { INDEXES, type Keys, type Shard, USER_INDEXES } from './keys.ts';
import { FORGET } from './scripts/forget.ts';
import { WRITE } from './scripts/write.ts';
import { fromText, type Stored } from './session-codec.ts';
import { changesOf, keysAndValues, type WriteRequest } from './write-request.ts';

/** How often a write is retried after a conflict. Each conflict means that another write has succeeded. */
export const ATTEMPTS_MAX = 64;

type WriteOutcome =
  | 'ok'
  /** The user has other open sessions than the guard expects. */
  | 'open'
  /** A session has changed since it was read. */
  | 'stale';

/** Reads sessions, and makes compare-and-set writes. */
export class Writes {
  readonly #engine: ShardRouter;
  readonly #keys: Keys;
  readonly #feed: Feed;
  readonly #seal: Feed['seal'];
  readonly #clock: Clock;
  readonly #mayEnd: () => void;
  readonly #retention_ms: number | null;

  constructor(engine: ShardRouter, keys: Keys, feed: Feed, clock: Clock, retention_ms: number | null) {
    this.#engine = engine;
    this.#keys = keys;
    this.#feed = feed;
    this.#seal = (shard, changes) => feed.seal(shard, changes);
    this.#clock = clock;
    this.#mayEnd = () => assertMayEnd(clock);
    this.#retention_ms = retention_ms;
  }

  async read(id: string): Promise<Stored | null> {
    const text = await this.#engine.send<string | null>(this.#keys.shardOf(id), ['GET', this.#keys.session(id)]);
    return text === null ? null : fromText(id, text);
  }

  /**
   * The sessions that exist, in the order of the ids. The ids come from indexes of one shard. The missing sessions have
   * expired in the server and are removed from the indexes; from the user's indexes only if `user_id` is given.
   */
  async readMany(shard: Shard, ids: readonly string[], user_id?: string): Promise<Stored[]> {
    if (ids.length === 0) return [];
    const names = ids.map((id) => this.#keys.session(id));
    const texts = await this.#engine.send<readonly (string | null)[]>(shard, ['MGET', ...names]);
    const isThere = (_: string, index: number) => typeof texts[index] === 'string';
    const missing = ids.filter((id, index) => !isThere(id, index));
    if (missing.length > 0) await this.#forget(shard, missing, user_id);
    return ids.flatMap((id, index) => (isThere(id, index) ? fromText(id, texts[index] ?? '') : []));
  }

  async #forget(shard: Shard, ids: readonly string[], user_id?: string): Promise<void> {
    const indexes = INDEXES.map((index) => this.#keys.index(shard, index));
    const own = USER_INDEXES.map((index) => user_id !== undefined && this.#keys.userIndex(shard, index, user_id));
    const names = [...ids.map((id) => this.#keys.session(id)), ...indexes, ...own.filter((name) => name !== false)];
    await this.#engine.run(shard, FORGET, names, ids);
  }

  /** Makes all puts or none. Publishes the changes before it resolves. */
  async write(call: CallDeadline, request: WriteRequest): Promise<WriteOutcome> {
    call.assertInTime();
    const { keys, values } = keysAndValues(this.#keys, request, this.#seal, this.#retention_ms);
    call.isWriting = true;
    let outcome: WriteOutcome;
    try {
      outcome = await this.#engine.write(request.shard, WRITE, keys, values);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      this.#feed.outcomeUnknown();
      throw error.cause;
    } finally {
      call.isWriting = false;
    }
    if (outcome === 'ok') this.#feed.tellOwn(changesOf(request.puts));
    return outcome;
  }

  /**
   * Applies the rules of the domain. Liveness is judged by the clock after the read: the request may have waited since
   * `now`.
   */
  apply(session: Session, update: SessionUpdate, now: number): Applied {
    return apply(session, update, now, this.#clock.now(), this.#mayEnd);
  }

  /** Throws while the clock must not end sessions. */
  assertMayEnd(): void {
    this.#mayEnd();
  }

  decidedAt(now: number): number {
    return Math.max(now, this.#clock.now());
  }

  async update(call: CallDeadline, id: string, update: SessionUpdate, now: number): Promise<UpdateResult> {
    const shard = this.#keys.shardOf(id);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      call.assertInTime();
      const before = await this.read(id);
      if (!before) return { outcome: 'missing' };
      const applied = this.apply(before.session, update, now);
      if (applied.session === before.session) return applied;
      const puts = [{ before, after: applied.session }];
      if ((await this.write(call, { shard, puts, guard: null, now })) === 'ok') return applied;
    }
    throw contended();
  }

  async remove(call: CallDeadline, id: string) {
    const shard = this.#keys.shardOf(id);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      call.assertInTime();
      const before = await this.read(id);
      if (!before) return null;
      const puts = [{ before, after: null }];
      if ((await this.write(call, { shard, puts, guard: null, now: null })) === 'ok') return before.session;
    }
    throw contended();
  }
}

export function contended() {
  return unavailable(`the write conflicted with other writes ${ATTEMPTS_MAX} times`);
}
