import { idTaken } from '../../../domain/errors.ts';
import { evictedFor } from '../../../domain/limits.ts';
import type { Session } from '../../../domain/session.ts';
import type { SessionLimit } from '../../../domain/store.ts';
import { EXPIRE } from '../../../domain/sweeps/due-sessions.ts';
import type { CallDeadline } from '../topology/call-deadline.ts';
import type { ShardRouter } from '../topology/shard-router.ts';
import type { Keys, Shard } from './keys.ts';
import type { Stored } from './session-codec.ts';
import type { OpenGuard, Put } from './write-request.ts';
import { ATTEMPTS_MAX, contended, type Writes } from './writes.ts';

/** A user's open sessions in one shard, with their deadlines. */
interface Open {
  readonly shard: Shard;
  readonly entries: readonly { readonly id: string; readonly due: number }[];
}

/**
 * Inserts new sessions and applies the session limit of their user. One script inserts the session and ends the evicted
 * sessions of the same shard. It changes nothing if the user's open sessions in that shard are not those that were
 * counted. A user has open sessions in another shard only if they were imported; these are evicted just before.
 */
export class Inserter {
  readonly #engine: ShardRouter;
  readonly #keys: Keys;
  readonly #writes: Writes;

  constructor(engine: ShardRouter, keys: Keys, writes: Writes) {
    this.#engine = engine;
    this.#keys = keys;
    this.#writes = writes;
  }

  async insert(call: CallDeadline, session: Session, now: number): Promise<void> {
    const request = {
      shard: this.#keys.shardOf(session.id),
      puts: [{ before: null, after: session }],
      guard: null,
      now,
    };
    if ((await this.#writes.write(call, request)) !== 'ok') throw idTaken(session.id);
  }

  /** Resolves to the sessions that were evicted. */
  async insertLimited(
    call: CallDeadline,
    session: Session,
    limit: SessionLimit,
    now: number,
  ): Promise<readonly Session[]> {
    const shard = this.#keys.shardOf(session.id);
    const evicted: Session[] = [];
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      call.assertInTime();
      const [open, before] = await Promise.all([
        this.#openOf(session.user_id),
        this.#engine.send<number>(shard, ['EXISTS', this.#keys.session(session.id)]),
      ]);
      if (before === 1) throw idTaken(session.id);
      if (!(await this.#endDue(call, open, session.user_id, now))) continue;
      const leaving = await this.#leaving(open, session.user_id, limit);
      if (!leaving) continue;
      const puts = this.#evict(leaving, now);
      if (!puts) continue;
      const elsewhere = puts.filter(({ after }) => this.#keys.shardOf(after.id) !== shard);
      if (!(await this.#end(call, elsewhere, now, evicted))) continue;
      const here = puts.filter(({ after }) => this.#keys.shardOf(after.id) === shard);
      const ids = open.find((other) => other.shard === shard)?.entries.map(({ id }) => id) ?? [];
      const guard: OpenGuard = { user_id: session.user_id, ids };
      const request = { shard, puts: [...here, { before: null, after: session }], guard, now };
      if ((await this.#writes.write(call, request)) === 'ok') return [...evicted, ...here.map(({ after }) => after)];
    }
    throw contended();
  }

  #openOf(user_id: string): Promise<Open[]> {
    return Promise.all(
      this.#keys.shardsOf(user_id).map(async (shard) => {
        const index = this.#keys.userIndex(shard, 'due', user_id);
        const found = await this.#engine.send<string[]>(shard, ['ZRANGE', index, '0', '-1', 'WITHSCORES']);
        const entries = [];
        for (let n = 0; n < found.length; n += 2) entries.push({ id: found[n] ?? '', due: Number(found[n + 1]) });
        return { shard, entries };
      }),
    );
  }

  /**
   * Ends the user's sessions that are past their deadline: a session that the limit does not count must not become live
   * again. Returns false if there were any; then count again.
   */
  async #endDue(call: CallDeadline, open: readonly Open[], user_id: string, now: number): Promise<boolean> {
    let wasNone = true;
    for (const { shard, entries } of open) {
      const ids = entries.filter(({ due }) => due <= this.#writes.decidedAt(now)).map(({ id }) => id);
      if (ids.length === 0) continue;
      wasNone = false;
      const stored = await this.#writes.readMany(shard, ids, user_id);
      const puts = stored.flatMap((before) => {
        const { session } = this.#writes.apply(before.session, EXPIRE, now);
        return session === before.session ? [] : [{ before, after: session }];
      });
      if (puts.length > 0) await this.#writes.write(call, { shard, puts, guard: null, now });
    }
    return wasNone;
  }

  /**
   * The sessions to evict. Null if one of the counted sessions has disappeared; then count again. Throws
   * `SESSION_LIMIT`.
   */
  async #leaving(open: readonly Open[], user_id: string, limit: SessionLimit): Promise<readonly Stored[] | null> {
    if (open.reduce((sum, { entries }) => sum + entries.length, 0) < limit.max) return [];
    const stored: Stored[] = [];
    let areAllThere = true;
    for (const { shard, entries } of open) {
      const ids = entries.map(({ id }) => id);
      const found = await this.#writes.readMany(shard, ids, user_id);
      if (found.length < ids.length) areAllThere = false;
      stored.push(...found);
    }
    if (!areAllThere) return null;
    const leaving = evictedFor(
      stored.map(({ session }) => session),
      limit,
    );
    // In the order in which the domain evicts them.
    return leaving.flatMap(({ id }) => stored.find(({ session }) => session.id === id) ?? []);
  }

  /** Null if one of them has ended meanwhile; then count again. */
  #evict(leaving: readonly Stored[], now: number): (Put & { readonly after: Session })[] | null {
    const puts = [];
    for (const before of leaving) {
      const { outcome, session } = this.#writes.apply(before.session, { type: 'close', reason: 'evicted' }, now);
      if (outcome !== 'updated') return null;
      puts.push({ before, after: session });
    }
    return puts;
  }

  async #end(call: CallDeadline, puts: readonly (Put & { readonly after: Session })[], now: number, gone: Session[]) {
    const [first] = puts;
    if (!first) return true;
    const shard = this.#keys.shardOf(first.after.id);
    if ((await this.#writes.write(call, { shard, puts, guard: null, now })) !== 'ok') return false;
    gone.push(...puts.map(({ after }) => after));
    return true;
  }
}
