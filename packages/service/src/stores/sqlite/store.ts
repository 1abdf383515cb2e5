import { type ChangeListener, ChangeListeners } from '../../domain/changes.ts';
import { idTaken, limitReached, SessionsError } from '../../domain/errors.ts';
import { isLive, type Session } from '../../domain/session.ts';
import type { SessionUpdate } from '../../domain/session-update.ts';
import type {
  ClosedMatching,
  CloseMatching,
  Expired,
  HourCounts,
  PageRequest,
  RemovedOfUser,
  Scan,
  ScanKey,
  SessionFilter,
  SessionFilterV1,
  SessionLimit,
  SessionPage,
  SessionStore,
  UpdateResult,
} from '../../domain/store.ts';
import { type Clock, NO_CLOCK } from '../../domain/time/clock.ts';
import { elapsedTime } from '../../domain/time/elapsed-time.ts';
import type { StoreReport } from '../shared/store-url.ts';
import { unavailable } from '../shared/unavailable.ts';
import type { SqliteStoreConfig } from './config.ts';
import { connect, createFile } from './connection.ts';
import { reasonOf } from './faults.ts';
import { OwnerLock } from './files/owner-lock.ts';
import { assertNotLost, assertWhole } from './files/start-check.ts';
import type { LongRead, LongReadResults } from './read/long-read.ts';
import { LongReads } from './read/long-reads.ts';
import { Reader } from './read/reader.ts';
import { toRow, toSession, toSummary } from './rows.ts';
import { tellChanges } from './write/changes.ts';
import type { CommitListener } from './write/commit-listener.ts';
import { CommitQueue } from './write/commit-queue.ts';
import { partlyWritten, parts, WRITTEN_AT_ONCE_MAX } from './write/many-sessions.ts';
import type { Write, WriteResult } from './write/writes.ts';

interface Opened {
  readonly lock: OwnerLock;
  readonly reader: Reader;
  readonly queue: CommitQueue;
  readonly longReads: LongReads;
}

/**
 * Stores sessions in one SQLite file, which one process serves at a time. Reads run on the calling thread, on a
 * separate connection, and see committed data. Writes run on a separate thread and succeed after their commit is on
 * disk, so that no read waits for the disk.
 */
export class SqliteStore implements SessionStore {
  readonly #config: SqliteStoreConfig;
  readonly #clock: Clock;
  readonly #report: (report: StoreReport) => void;
  readonly #listeners = new ChangeListeners();
  #opened: Opened | null = null;

  constructor(config: SqliteStoreConfig, clock: Clock = NO_CLOCK, report: (report: StoreReport) => void = () => {}) {
    this.#config = config;
    this.#clock = clock;
    this.#report = report;
  }

  async open(): Promise<void> {
    if (this.#opened) return;
    const { path } = this.#config;
    try {
      assertNotLost(path);
      createFile(this.#config);
    } catch (error) {
      if (error instanceof SessionsError) throw error;
      throw new SessionsError('STORE_UNUSABLE', `${path} cannot be written: ${error}.`, { cause: error });
    }
    const lock = new OwnerLock(this.#config);
    try {
      assertWhole(path);
      this.#opened = { lock, ...(await this.#openConnections()) };
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** The reader is opened after the writer thread has created the schema. */
  async #openConnections(): Promise<Omit<Opened, 'lock'>> {
    const { session_cache_bytes, path } = this.#config;
    let reader: Reader | null = null;
    const longReads = new LongReads({
      config: this.#config,
      published: () => queue.published(),
      moveLog: () => queue.moveLog(),
    });
    const listener: CommitListener = {
      committing: () => reader?.committing(),
      committed: (done) => {
        reader?.committed(done);
        tellChanges(this.#listeners, done);
      },
      foundUnreadable: () => reader?.foundUnreadable(),
      lost: (reason) => reader?.lost(reason),
      ending: async () => {
        reader?.close();
        await longReads.close();
      },
    };
    const queue = new CommitQueue({ config: this.#config, clock: this.#clock, listener, report: this.#report });
    await queue.started();
    try {
      const connectAgain = () => {
        queue.assertSameFiles();
        return connect(this.#config, 'read');
      };
      reader = new Reader(connectAgain, session_cache_bytes);
      return { reader, queue, longReads };
    } catch (error) {
      await queue.close();
      throw new SessionsError('STORE_UNUSABLE', `${path} cannot be read: ${reasonOf(error)}.`, { cause: error });
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    if (!opened) return;
    void opened.longReads.close();
    await opened.queue.close();
    if (this.#opened !== opened) return;
    this.#opened = null;
    opened.reader.close();
    opened.lock.release();
  }

  /** Rejects even if only writes are impossible: reads alone are not enough for callers. */
  async ping(): Promise<void> {
    const { reader, queue } = this.#open();
    reader.ping();
    await queue.proved();
  }

  async insert(session: Session, limit: SessionLimit | null, now: number): Promise<readonly Session[]> {
    const result = await this.#write({ type: 'insert', row: toRow(session), limit, now });
    if (result.type === 'taken') throw idTaken(session.id);
    if (result.type === 'limit') throw limitReached(result.max);
    return result.type === 'inserted' ? result.evicted.map(toSession) : [];
  }

  peek(id: string): Session | undefined {
    return this.#opened?.reader.peek(id);
  }

  async find(id: string): Promise<Session | null> {
    return this.#open().reader.find(id);
  }

  async update(id: string, update: SessionUpdate, now: number): Promise<UpdateResult> {
    const result = await this.#write({ type: 'update', id, update, now });
    if (result.type !== 'applied') return { outcome: 'missing' };
    return { outcome: result.outcome, session: toSession(result.row) };
  }

  async remove(id: string): Promise<Session | null> {
    const result = await this.#write({ type: 'remove', id });
    return result.type === 'removed' ? toSession(result.row) : null;
  }

  async list(filter: SessionFilterV1, page: PageRequest, now: number): Promise<SessionPage> {
    return this.#open().reader.list(filter, page, now) ?? this.#readLong({ type: 'list', filter, page, now });
  }

  async scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Promise<Scan> {
    const scan = this.#open().reader.scan(filter, after, take, now);
    return scan ?? this.#readLong({ type: 'scan', filter, after, take, now });
  }

  async count(filter: SessionFilter, now: number): Promise<number> {
    return this.#open().reader.count(filter, now) ?? this.#readLong({ type: 'count', filter, now });
  }

  /**
   * Closes the sessions of one user in one step. For other filters, it finds the sessions on the thread of long reads,
   * and closes them in several commits.
   */
  async closeMatching(request: CloseMatching, now: number): Promise<ClosedMatching> {
    const { id, user_id } = request.filter;
    const isShort = id !== undefined || user_id !== undefined;
    const found = isShort ? null : await this.#readLong({ type: 'closable', request });
    // Some sessions cannot be read: the writer skips them.
    if (found === null) return this.#close({ type: 'close', request, now });
    const ids: string[] = [];
    const logMoved = this.#open().queue.checkpoints.waits();
    for (const part of parts(found.slice(0, request.limit))) {
      await logMoved();
      const closed = await this.#close({ type: 'close', request, ids: part, now });
      ids.push(...closed.ids);
    }
    return { ids, more: found.length > request.limit };
  }

  async expire(now: number, limit: number, user_id: string | null = null): Promise<Expired> {
    let earliest: number | null = null;
    const count = await this.#someAtATime(limit, async (at_once) => {
      if (!this.#open().reader.hasDue(now, user_id)) return 0;
      const result = await this.#write({ type: 'expire', now, limit: at_once, user_id });
      const rows = result.type === 'expired' ? result.rows : [];
      // The rows are in the order of their deadlines.
      earliest ??= rows[0] ? toSummary(rows[0]).close_time : null;
      return rows.length;
    });
    return { count, earliest };
  }

  async purge(closed_before: number, limit: number): Promise<number> {
    return this.#someAtATime(limit, async (at_once) => {
      if (!this.#open().reader.hasClosed(closed_before)) return 0;
      const result = await this.#write({ type: 'purge', closed_before, limit: at_once });
      return result.type === 'purged' ? result.rows.length : 0;
    });
  }

  async removeOfUser(user_id: string, limit: number, now: number): Promise<RemovedOfUser> {
    const { reader } = this.#open();
    let live = 0;
    const count = await this.#someAtATime(limit, async (at_once) => {
      if (!reader.hasAny(user_id)) return 0;
      const result = await this.#write({ type: 'remove of user', user_id, limit: at_once });
      if (result.type !== 'removed of user') return 0;
      if (result.unreadable > 0) throw partlyWritten(result.unreadable, 'deleted');
      live += result.rows.filter((row) => isLive(toSummary(row), now)).length;
      return result.rows.length;
    });
    return { count, live, more: reader.hasAny(user_id) };
  }

  async lease(): Promise<boolean> {
    return true;
  }

  async clockDifference(): Promise<null> {
    return null;
  }

  async hours(since: number): Promise<readonly HourCounts[]> {
    return this.#open().reader.hours(since);
  }

  watch(listener: ChangeListener): () => void {
    return this.#listeners.add(listener);
  }

  watermark(): number {
    return elapsedTime();
  }

  figures() {
    const { queue, longReads } = this.#opened ?? {};
    return { waiting: { writes: queue?.waiting ?? 0, long_reads: longReads?.waiting ?? 0 }, commits: queue?.commits };
  }

  async #close(write: Write & { readonly type: 'close' }): Promise<ClosedMatching> {
    const result = await this.#write(write);
    if (result.type !== 'matched') return { ids: [], more: false };
    if (result.unreadable > 0) throw partlyWritten(result.unreadable, 'closed');
    return { ids: result.rows.map(([id]) => String(id)), more: result.more };
  }

  /**
   * Makes up to `limit` changes in small commits. If some sessions cannot be read, it uses a single commit, because
   * each commit would have to find the readable ones again.
   */
  async #someAtATime(limit: number, work: (at_once: number) => Promise<number>): Promise<number> {
    let count = 0;
    const logMoved = this.#open().queue.checkpoints.waits();
    while (count < limit) {
      await logMoved();
      const { hasUnreadable } = this.#open().queue;
      const at_once = hasUnreadable ? limit - count : Math.min(limit - count, WRITTEN_AT_ONCE_MAX);
      const done = await work(at_once);
      count += done;
      if (hasUnreadable || done === 0) break;
    }
    return count;
  }

  /** Sees every write that succeeded before. */
  #readLong<R extends LongRead>(read: R): Promise<LongReadResults[R['type']]> {
    const { queue, longReads } = this.#open();
    queue.assertSameFiles();
    return longReads.run(read);
  }

  #write(write: Write): Promise<WriteResult> {
    return this.#open().queue.write(write);
  }

  #open(): Opened {
    if (!this.#opened) throw unavailable('it is not open');
    return this.#opened;
  }
}
