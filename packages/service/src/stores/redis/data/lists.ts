import { BEFORE_ALL_DEADLINES, isMatch, needsSessions } from '../../../domain/lists/filter.ts';
import type { Session, SessionSummary } from '../../../domain/session.ts';
import type { PageRequest, Scan, ScanKey, SessionFilter, SessionFilterV1, SessionPage } from '../../../domain/store.ts';
import type { CallDeadline } from '../topology/call-deadline.ts';
import type { ShardRouter } from '../topology/shard-router.ts';
import type { Keys, Shard } from './keys.ts';
import { mayMatch } from './matching.ts';
import { type Entry, MergedScan, PIECE_MAX, type Place, type ScanOf } from './merged-scan.ts';
import type { Stored } from './session-codec.ts';
import type { Writes } from './writes.ts';

/** How many sessions one page of a scan may look at: 5,000 sessions of 1 KB take about 50 ms and 5 MB of memory. */
const SCANNED_MAX = 5_000;
/** How many sessions are fetched at a time. */
const FETCHED_MAX = 256;

const FIRST: Place = { score: Number.NEGATIVE_INFINITY, id: null };

/** A session that was found, with its index entry. */
export interface Found {
  readonly entry: Entry;
  readonly stored: Stored;
}

/** Lists, scans and counts. All of them iterate over an index; see `merged-scan.ts`. */
export class Lists {
  readonly #engine: ShardRouter;
  readonly #keys: Keys;
  readonly #writes: Writes;

  constructor(engine: ShardRouter, keys: Keys, writes: Writes) {
    this.#engine = engine;
    this.#keys = keys;
    this.#writes = writes;
  }

  async list(call: CallDeadline, filter: SessionFilterV1, page: PageRequest, now: number): Promise<SessionPage> {
    const { skip, take } = page;
    if (filter.id !== undefined) return this.#listOne(filter.id, filter, page, now);
    const [sessions, total] = await Promise.all([
      take > 0 ? this.#page(call, filter, skip, take, now) : [],
      page.total ? this.count(call, filter, now) : null,
    ]);
    return { sessions, total };
  }

  async scan(
    call: CallDeadline,
    filter: SessionFilter,
    after: ScanKey | null,
    take: number,
    now: number,
  ): Promise<Scan> {
    if (filter.id !== undefined) return this.#scanOne(filter.id, filter, after, take, now);
    const place = after ? { score: 0 - after.open_time, id: after.id } : FIRST;
    const entries = this.#mergedScan('opened', filter.user_id, place, take);
    const sessions: SessionSummary[] = [];
    let looked = 0;
    let last: Entry | null = null;
    let batch: Entry[] = [];
    const isFull = () => sessions.length >= take;
    const fetch = async () => {
      call.assertInTime();
      for (const { entry, stored } of await this.fetch(batch, filter.user_id)) {
        if (isFull()) break;
        if (!isAt(entry, stored.session) || !isMatch(stored.session, filter, now)) continue;
        sessions.push(toSummary(stored.session));
        if (isFull()) last = entry;
      }
      batch = [];
    };
    for await (const entry of entries) {
      if (looked === SCANNED_MAX || batch.length >= batchFor(take - sessions.length, filter)) await fetch();
      // Another entry follows, so there is a next page.
      if (last && (isFull() || looked === SCANNED_MAX)) return { sessions, next: keyOf(last) };
      looked += 1;
      last = entry;
      if (mayMatch(entry, filter, now)) batch.push(entry);
    }
    const end = last;
    await fetch();
    // The page may have been filled before the end of the last batch.
    return { sessions, next: last && last !== end ? keyOf(last) : null };
  }

  async count(call: CallDeadline, filter: SessionFilter, now: number): Promise<number> {
    const { id, user_id, active, from_time, to_time } = filter;
    if (id !== undefined) {
      const stored = await this.#writes.read(id);
      return Number(stored !== null && isMatch(stored.session, filter, now));
    }
    const hasRange = from_time !== undefined || to_time !== undefined;
    if (needsSessions(filter)) return this.#countSessions(call, filter, now);
    if (hasRange && active !== undefined) return this.#countEntries(call, filter, now);
    const shards = user_id === undefined ? this.#keys.shards : this.#keys.shardsOf(user_id);
    const counts = await Promise.all(shards.map((shard) => this.#countByIndex(shard, filter, now)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Sessions that match and are open in the store, even past their deadlines, latest `open_time` first. */
  async *open(call: CallDeadline, filter: SessionFilter, wanted: number): AsyncGenerator<Session> {
    const open = { ...filter, active: true };
    if (filter.id !== undefined) {
      const stored = await this.#writes.read(filter.id);
      if (stored && isMatch(stored.session, open, BEFORE_ALL_DEADLINES)) yield stored.session;
      return;
    }
    const merged = this.#mergedScan('opened', filter.user_id, FIRST, wanted);
    yield* this.#matching(call, merged, open, wanted, BEFORE_ALL_DEADLINES);
  }

  /** The sessions of the entries, in the same order, without those that have disappeared. */
  async fetch(entries: readonly Entry[], user_id?: string): Promise<Found[]> {
    const byShard = Map.groupBy(entries, ({ shard }) => shard);
    const stored = new Map<string, Stored>();
    await Promise.all(
      [...byShard].map(async ([shard, some]) => {
        const ids = some.map(({ id }) => id);
        for (const one of await this.#writes.readMany(shard, ids, user_id)) stored.set(one.session.id, one);
      }),
    );
    return entries.flatMap((entry) => {
      const one = stored.get(entry.id);
      return one ? { entry, stored: one } : [];
    });
  }

  async #listOne(id: string, filter: SessionFilterV1, { skip, take, total }: PageRequest, now: number) {
    const stored = await this.#writes.read(id);
    const found = stored && isMatch(stored.session, filter, now) ? [toSummary(stored.session)] : [];
    return { sessions: skip === 0 && take > 0 ? found : [], total: total ? found.length : null };
  }

  async #scanOne(id: string, filter: SessionFilter, after: ScanKey | null, take: number, now: number): Promise<Scan> {
    const { sessions } = await this.#listOne(id, filter, { skip: 0, take, total: false }, now);
    return { sessions: sessions.filter((session) => !after || isAfter(session, after)), next: null };
  }

  /** If the scan may have missed a session, repeats it with larger pieces, up to `PIECE_MAX` entries of a shard. */
  async #page(call: CallDeadline, filter: SessionFilterV1, skip: number, take: number, now: number) {
    const { user_id, to_time } = filter;
    const after = to_time === undefined ? FIRST : { score: 0 - to_time, id: null };
    for (let wanted = skip + take; ; wanted *= 8) {
      const merged = this.#mergedScan('active', user_id, after, wanted);
      const found: SessionSummary[] = [];
      for await (const session of this.#matching(call, merged, filter, skip + take, now, skip)) {
        found.push(toSummary(session));
        if (found.length === take) break;
      }
      if (merged.isOnePieceEach || merged.piece === PIECE_MAX) return found;
    }
  }

  #mergedScan(index: ScanOf['index'], user_id: string | undefined, after: Place, wanted: number): MergedScan {
    return new MergedScan(this.#engine, this.#keys, { index, user_id }, after, wanted);
  }

  /** All matching sessions of a scan, except the first `skip`, which are not fetched. */
  async *#matching(
    call: CallDeadline,
    merged: MergedScan,
    filter: SessionFilter,
    wanted: number,
    now: number,
    skip = 0,
  ): AsyncGenerator<Session> {
    let skipped = 0;
    let batch: Entry[] = [];
    const size = Math.max(1, Math.min(FETCHED_MAX, wanted - skip));
    const fetch = async () => {
      call.assertInTime();
      const found = await this.fetch(batch, filter.user_id);
      batch = [];
      return found.map(({ stored }) => stored.session).filter((session) => isMatch(session, filter, now));
    };
    for await (const entry of merged) {
      call.assertInTime();
      if (merged.index === 'active' && isBelow(entry, filter.from_time)) break;
      if (!mayMatch(entry, filter, now)) continue;
      if (skipped < skip) {
        skipped += 1;
        continue;
      }
      batch.push(entry);
      if (batch.length >= size) yield* await fetch();
    }
    yield* await fetch();
  }

  async #countSessions(call: CallDeadline, filter: SessionFilter, now: number): Promise<number> {
    let count = 0;
    const merged = this.#mergedScan('opened', filter.user_id, FIRST, FETCHED_MAX);
    for await (const _ of this.#matching(call, merged, filter, FETCHED_MAX, now)) count += 1;
    return count;
  }

  async #countEntries(call: CallDeadline, filter: SessionFilter, now: number): Promise<number> {
    const { user_id, from_time, to_time } = filter;
    const after = to_time === undefined ? FIRST : { score: 0 - to_time, id: null };
    let count = 0;
    for await (const entry of this.#mergedScan('active', user_id, after, SCANNED_MAX)) {
      call.assertInTime();
      if (isBelow(entry, from_time)) break;
      if (mayMatch(entry, filter, now)) count += 1;
    }
    return count;
  }

  async #countByIndex(shard: Shard, filter: SessionFilter, now: number): Promise<number> {
    const { user_id, active, from_time, to_time } = filter;
    const name = (index: 'active' | 'due') =>
      user_id === undefined ? this.#keys.index(shard, index) : this.#keys.userIndex(shard, index, user_id);
    const count = (index: 'active' | 'due', min: string, max: string) =>
      this.#engine.send<number>(shard, ['ZCOUNT', name(index), min, max]);
    const max = from_time === undefined ? '+inf' : String(0 - from_time);
    const min = to_time === undefined ? '-inf' : `(${0 - to_time}`;
    if (active === undefined) return count('active', min, max);
    const live = count('due', `(${now}`, '+inf');
    if (active) return live;
    const [all, open] = await Promise.all([count('active', min, max), live]);
    // A session may have been opened between the two responses.
    return Math.max(0, all - open);
  }
}

/** How many entries to fetch: as many as needed, or more if the filter excludes many. */
function batchFor(wanted: number, filter: SessionFilter): number {
  const isSelective = needsSessions(filter) || filter.from_time !== undefined || filter.to_time !== undefined;
  return isSelective ? FETCHED_MAX : Math.max(1, Math.min(FETCHED_MAX, wanted));
}

function isBelow({ score }: Entry, from_time: number | undefined): boolean {
  return from_time !== undefined && 0 - score < from_time;
}

/**
 * Whether an entry is of this session. Since the entry was read, its session may have been removed, and another one
 * opened under its id: that one has a place of its own, where the scan may come later.
 */
function isAt({ score }: Entry, { open_time }: SessionSummary): boolean {
  return 0 - score === open_time;
}

function isAfter(session: SessionSummary, { open_time, id }: ScanKey): boolean {
  return session.open_time < open_time || (session.open_time === open_time && session.id > id);
}

function keyOf({ score, id }: Entry): ScanKey {
  return { open_time: 0 - score, id };
}

function toSummary({ user: _, data: __, token: ___, ...summary }: Session): SessionSummary {
  return summary;
}
