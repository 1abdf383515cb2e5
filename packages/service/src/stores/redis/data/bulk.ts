import { BEFORE_ALL_DEADLINES, isMatch } from '../../../domain/lists/filter.ts';
import { deadline, expire, isLive, type Session } from '../../../domain/session.ts';
import type { ClosedMatching, CloseMatching, Expired, RemovedOfUser } from '../../../domain/store.ts';
import type { CallDeadline } from '../topology/call-deadline.ts';
import type { ShardRouter } from '../topology/shard-router.ts';
import type { Keys, Shard } from './keys.ts';
import type { Lists } from './lists.ts';
import type { Stored } from './session-codec.ts';
import type { Put } from './write-request.ts';
import { ATTEMPTS_MAX, type Writes } from './writes.ts';

/** How many sessions one script changes: 32 block a server for about 1 ms. */
const CHUNK = 32;

type Change = (stored: Stored) => Put | null;

/** Changes many sessions, one shard after the other. In each shard, a script changes one chunk at a time atomically. */
export class Bulk {
  readonly #engine: ShardRouter;
  readonly #keys: Keys;
  readonly #writes: Writes;
  readonly #lists: Lists;
  #passes = 0;

  constructor(engine: ShardRouter, keys: Keys, writes: Writes, lists: Lists) {
    this.#engine = engine;
    this.#keys = keys;
    this.#writes = writes;
    this.#lists = lists;
  }

  async closeMatching(call: CallDeadline, request: CloseMatching, now: number): Promise<ClosedMatching> {
    const { filter, limit, reason, by, dry_run } = request;
    if (filter.active === false) return { ids: [], more: false };
    const only = request.only && new Set(request.only);
    const except = new Set(request.except);
    const found: Session[] = [];
    for await (const session of this.#lists.open(call, filter, limit + 1)) {
      if (except.has(session.id) || only?.has(session.id) === false) continue;
      found.push(session);
      if (found.length > limit) break;
    }
    const chosen = found.slice(0, limit);
    const ids = chosen.map(({ id }) => id);
    const more = found.length > limit;
    if (dry_run) return { ids: chosen.filter((session) => isLive(session, now)).map(({ id }) => id), more };
    // Sessions past their deadline end at their deadline, and are not among the returned ids.
    const isClosed = new Map<string, boolean>();
    const closed = new Set<string>();
    const close: Change = (before) => {
      if (!isMatch(before.session, { ...filter, active: true }, BEFORE_ALL_DEADLINES)) return null;
      const { outcome, session } = this.#writes.apply(before.session, { type: 'close', reason, by }, now);
      isClosed.set(session.id, outcome === 'updated');
      return { before, after: session };
    };
    for (const [shard, some] of Map.groupBy(ids, (id) => this.#keys.shardOf(id))) {
      for (const { after } of await this.#change(call, shard, some, close, now)) {
        if (after && isClosed.get(after.id)) closed.add(after.id);
      }
    }
    return { ids: ids.filter((id) => closed.has(id)), more };
  }

  async expire(call: CallDeadline, now: number, limit: number, user_id?: string): Promise<Expired> {
    let count = 0;
    let earliest: number | null = null;
    const end: Change = (before) => {
      const { session } = before;
      if (session.close_time !== null || now < deadline(session)) return null;
      this.#writes.assertMayEnd();
      return { before, after: expire(session) };
    };
    for (const shard of await this.#busy('due', String(now), user_id)) {
      const found = await this.#until(shard, 'due', String(now), limit - count, user_id);
      for (const { after } of await this.#change(call, shard, found, end, now)) {
        const time = after?.close_time ?? null;
        if (time !== null && (earliest === null || time < earliest)) earliest = time;
        count += 1;
      }
      if (count >= limit) break;
    }
    return { count, earliest };
  }

  async purge(call: CallDeadline, closed_before: number, limit: number): Promise<number> {
    let count = 0;
    const remove: Change = (before) => {
      const { close_time } = before.session;
      return close_time !== null && close_time < closed_before ? { before, after: null } : null;
    };
    for (const shard of await this.#busy('ended', `(${closed_before}`)) {
      const found = await this.#until(shard, 'ended', `(${closed_before}`, limit - count);
      count += (await this.#change(call, shard, found, remove, null)).length;
      if (count >= limit) break;
    }
    return count;
  }

  async removeOfUser(call: CallDeadline, user_id: string, limit: number, now: number): Promise<RemovedOfUser> {
    const gone: Session[] = [];
    let more = false;
    const remove: Change = (before) => ({ before, after: null });
    for (const shard of this.#keys.shardsOf(user_id)) {
      const index = this.#keys.userIndex(shard, 'opened', user_id);
      const found = await this.#engine.send<string[]>(shard, ['ZRANGE', index, '0', String(limit - gone.length - 1)]);
      for (const { before } of await this.#change(call, shard, found, remove, null, user_id)) {
        if (before) gone.push(before.session);
      }
      more ||= gone.length >= limit || (await this.#engine.send<number>(shard, ['ZCOUNT', index, '-inf', '+inf'])) > 0;
      if (gone.length >= limit) break;
    }
    return { count: gone.length, live: gone.filter((session) => isLive(session, now)).length, more };
  }

  /** The shards that have something to do. Each call begins with another shard, so that none is always last. */
  async #busy(index: 'due' | 'ended', max: string, user_id?: string): Promise<readonly Shard[]> {
    const shards = user_id === undefined ? this.#keys.shards : this.#keys.shardsOf(user_id);
    const first = this.#passes % shards.length;
    this.#passes += 1;
    const counts = await Promise.all(
      shards.map((shard) =>
        this.#engine.send<number>(shard, ['ZCOUNT', this.#name(shard, index, user_id), '-inf', max]),
      ),
    );
    const isBusy = (_: Shard, at: number) => (counts[(first + at) % shards.length] ?? 0) > 0;
    return [...shards.slice(first), ...shards.slice(0, first)].filter(isBusy);
  }

  /** The index of ended sessions is not divided by users. */
  #name(shard: Shard, index: 'due' | 'ended', user_id: string | undefined): string {
    if (user_id === undefined || index === 'ended') return this.#keys.index(shard, index);
    return this.#keys.userIndex(shard, index, user_id);
  }

  #until(shard: Shard, index: 'due' | 'ended', max: string, limit: number, user_id?: string): Promise<string[]> {
    const name = this.#name(shard, index, user_id);
    return this.#engine.send(shard, ['ZRANGEBYSCORE', name, '-inf', max, 'LIMIT', '0', String(limit)]);
  }

  /** Returns what was changed. Leaves out sessions that have disappeared, and those that others change too often. */
  async #change(
    call: CallDeadline,
    shard: Shard,
    ids: readonly string[],
    change: Change,
    now: number | null,
    user_id?: string,
  ): Promise<readonly Put[]> {
    const changed: Put[] = [];
    for (let n = 0; n < ids.length; n += CHUNK) {
      changed.push(...(await this.#changePiece(call, shard, ids.slice(n, n + CHUNK), change, now, user_id)));
    }
    return changed;
  }

  async #changePiece(
    call: CallDeadline,
    shard: Shard,
    ids: readonly string[],
    change: Change,
    now: number | null,
    user_id?: string,
  ) {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      call.assertInTime();
      const stored = await this.#writes.readMany(shard, ids, user_id);
      const puts = stored.flatMap((one) => change(one) ?? []);
      if (puts.length === 0) return [];
      // Another writer has changed one of the sessions: read all of them again.
      if ((await this.#writes.write(call, { shard, puts, guard: null, now })) === 'ok') return puts;
    }
    return [];
  }
}
