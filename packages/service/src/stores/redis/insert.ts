import { idTaken } from '../../domain/errors.ts';
import { evictedFor } from '../../domain/limits.ts';
import { apply, type Session } from '../../domain/session.ts';
import type { SessionLimit } from '../../domain/store.ts';
import type { Call } from './call.ts';
import type { Engine } from './engine.ts';
import type { Keys, Shard } from './keys.ts';
import type { Stored } from './session-text.ts';
import type { LiveGuard, Put } from './write-request.ts';
import { ATTEMPTS_MAX, contended, type Writes } from './writes.ts';

/** A user's live sessions in one shard. */
interface Live {
  readonly shard: Shard;
  readonly ids: readonly string[];
}

/**
 * New sessions, with their user's limit. Who has to give way in the shard of the new session ends in the same step that
 * opens it, and only while the user's live sessions there are those that were counted. A user can have live sessions in
 * another shard only by imported ids; those that give way there end just before.
 */
export class Inserter {
  readonly #engine: Engine;
  readonly #keys: Keys;
  readonly #writes: Writes;

  constructor(engine: Engine, keys: Keys, writes: Writes) {
    this.#engine = engine;
    this.#keys = keys;
    this.#writes = writes;
  }

  async insert(call: Call, session: Session, now: number): Promise<void> {
    const request = {
      shard: this.#keys.shardOf(session.id),
      puts: [{ before: null, after: session }],
      guard: null,
      now,
    };
    if ((await this.#writes.write(call, request)) !== 'ok') throw idTaken(session.id);
  }

  /** Answers who has given way. */
  async insertLimited(call: Call, session: Session, limit: SessionLimit, now: number): Promise<readonly Session[]> {
    const shard = this.#keys.shardOf(session.id);
    const gone: Session[] = [];
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      call.assertInTime();
      const [live, before] = await Promise.all([
        this.#liveOf(session.user_id, now),
        this.#engine.send<number>(shard, ['EXISTS', this.#keys.session(session.id)]),
      ]);
      if (before === 1) throw idTaken(session.id);
      const leaving = await this.#leaving(live, session.user_id, limit);
      if (!leaving) continue;
      const puts = leaving.map((stored) => ending(stored, now));
      const elsewhere = puts.filter(({ after }) => this.#keys.shardOf(after.id) !== shard);
      if (!(await this.#end(call, elsewhere, now, gone))) continue;
      const here = puts.filter(({ after }) => this.#keys.shardOf(after.id) === shard);
      const ids = live.find((other) => other.shard === shard)?.ids ?? [];
      const guard: LiveGuard = { user_id: session.user_id, now, ids };
      const request = { shard, puts: [...here, { before: null, after: session }], guard, now };
      if ((await this.#writes.write(call, request)) === 'ok') return [...gone, ...here.map(({ after }) => after)];
    }
    throw contended();
  }

  #liveOf(user_id: string, now: number): Promise<Live[]> {
    return Promise.all(
      this.#keys.shardsOf(user_id).map(async (shard) => {
        const index = this.#keys.userIndex(shard, 'due', user_id);
        return { shard, ids: await this.#engine.send<string[]>(shard, ['ZRANGEBYSCORE', index, `(${now}`, '+inf']) };
      }),
    );
  }

  /** Null when one of them is gone, and the counting has to begin anew. Throws `SESSION_LIMIT`. */
  async #leaving(live: readonly Live[], user_id: string, limit: SessionLimit): Promise<readonly Stored[] | null> {
    if (live.reduce((sum, { ids }) => sum + ids.length, 0) < limit.max) return [];
    const stored: Stored[] = [];
    let areAllThere = true;
    for (const { shard, ids } of live) {
      const found = await this.#writes.readMany(shard, ids, user_id);
      if (found.length < ids.length) areAllThere = false;
      stored.push(...found);
    }
    if (!areAllThere) return null;
    const leaving = evictedFor(
      stored.map(({ session }) => session),
      limit,
    );
    // In the order in which the domain puts them out.
    return leaving.flatMap(({ id }) => stored.find(({ session }) => session.id === id) ?? []);
  }

  async #end(call: Call, puts: readonly (Put & { readonly after: Session })[], now: number, gone: Session[]) {
    const [first] = puts;
    if (!first) return true;
    const shard = this.#keys.shardOf(first.after.id);
    if ((await this.#writes.write(call, { shard, puts, guard: null, now })) !== 'ok') return false;
    gone.push(...puts.map(({ after }) => after));
    return true;
  }
}

function ending(before: Stored, now: number): { readonly before: Stored; readonly after: Session } {
  return { before, after: apply(before.session, { type: 'close', reason: 'evicted' }, now).session };
}
