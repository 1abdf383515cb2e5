import type { ChangeListener } from '../../domain/changes.ts';
import type { SessionsError } from '../../domain/errors.ts';
import type { StoreFigures } from '../../domain/figures/store-figures.ts';
import type { Session } from '../../domain/session.ts';
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
import { type ClockDifference, compareClocks, LEASE_AHEAD_MS_MAX } from '../../domain/time/clock-check.ts';
import { toHours } from '../shared/hourly-counts.ts';
import type { StoreReport } from '../shared/store-url.ts';
import { unavailable } from '../shared/unavailable.ts';
import { Writability } from '../shared/writability.ts';
import type { PostgresStoreConfig } from './config.ts';
import { ConcurrencyLimit } from './connection/concurrency-limit.ts';
import type { Connection } from './connection/connection.ts';
import { Deadline } from './connection/deadline.ts';
import { reasonOf } from './connection/faults.ts';
import { Pool } from './connection/pool.ts';
import { proveWrite } from './connection/write-proof.ts';
import { Batches } from './data/batches.ts';
import { Bulk } from './data/bulk.ts';
import { FindBatches } from './data/find-batches.ts';
import { SELECT_HOURS } from './data/hourly-counts.ts';
import { countMatching, hasDue, list, snapshot } from './data/lists.ts';
import { scan } from './data/scans.ts';
import { admission, WriteRunner } from './data/write-runner.ts';
import { hasWritten, type Write, type WriteResult } from './data/writes.ts';
import { Feed } from './feed/feed.ts';
import { migrate, startError } from './schema/schema.ts';

const TAKE_LEASE = `INSERT INTO leases AS l (name, holder, until) VALUES ('sweep', $1, $2::bigint + $3::bigint)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
  WHERE l.holder = excluded.holder OR l.until <= $2 OR l.until > excluded.until + ${LEASE_AHEAD_MS_MAX} RETURNING 1`;
const GIVE_LEASE_BACK = `UPDATE leases SET until = 0 WHERE name = 'sweep' AND holder = $1`;

const SERVER_TIME = { name: 'time', text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint' };

/**
 * Stores sessions in a PostgreSQL database that many nodes may share. Concurrent finds share statements, and concurrent
 * writes share transactions. Every call ends within its timeout, whatever happens to the database.
 */
export class PostgresStore implements SessionStore {
  readonly #config: PostgresStoreConfig;
  readonly #feed: Feed;
  readonly #pool: Pool;
  readonly #writability: Writability;
  readonly #finds: FindBatches;
  readonly #writes: Batches<Write, WriteResult>;
  readonly #lists: ConcurrencyLimit;
  readonly #bulks: ConcurrencyLimit;
  readonly #bulk: Bulk;
  #state: 'new' | 'open' | 'closed' = 'new';
  #closing: Promise<void> | null = null;

  /** `unbelieved` is called for each message on the feed's channels that no node has sent. */
  constructor(
    config: PostgresStoreConfig,
    clock: Clock = NO_CLOCK,
    unbelieved: () => void = () => {},
    report: (report: StoreReport) => void = () => {},
  ) {
    const { call_timeout_ms, slow_timeout_ms, slow_waiting_max } = config;
    this.#config = config;
    this.#feed = new Feed(config, unbelieved, (server) => this.#pool.follow(server), clock);
    this.#writability = new Writability({ prove: (needs_room) => void this.#prove(needs_room), report });
    this.#pool = new Pool(config, {
      left: () => this.#feed.tellGap(),
      moved: (server) => this.#feed.follow(server),
      writeFailed: (reason) => this.#writability.committed(reason),
    });
    this.#finds = new FindBatches(this.#pool, config);
    const runner = new WriteRunner(this.#pool, this.#feed, clock);
    this.#writes = new Batches(
      {
        what: 'writes',
        waiting_max: config.writes_waiting_max,
        items_max: config.writes_per_batch_max,
        parallel: config.writers,
        timeout_ms: call_timeout_ms,
        admission,
      },
      async (writes, deadline) => {
        const results = await runner.run(writes, deadline);
        if (results.some(hasWritten)) this.#writability.committed(null);
        return results;
      },
    );
    const slow = { waiting_max: slow_waiting_max, timeout_ms: slow_timeout_ms };
    this.#lists = new ConcurrencyLimit(this.#pool, { ...slow, what: 'lists', parallel: config.lists });
    this.#bulks = new ConcurrencyLimit(this.#pool, { ...slow, what: 'bulk changes', parallel: config.bulks });
    this.#bulk = new Bulk(this.#feed, clock, slow_timeout_ms);
  }

  async open(): Promise<void> {
    if (this.#state === 'open') return;
    await migrate(this.#config);
    try {
      await this.#feed.open();
    } catch (error) {
      throw startError(this.#config, error, reasonOf(error));
    }
    this.#state = 'open';
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Makes one round trip on the way of finds, and writes if there was no recent write. */
  async ping(): Promise<void> {
    await this.find('');
    await this.#writability.proved();
  }

  async insert(session: Session, limit: SessionLimit | null, now: number): Promise<readonly Session[]> {
    const result = await this.#write({ type: 'insert', session, limit, now });
    return result.type === 'inserted' ? result.evicted : [];
  }

  find(id: string): Promise<Session | null> {
    if (this.#state !== 'open') return Promise.reject(this.#notOpen());
    return this.#finds.find(id);
  }

  async update(id: string, update: SessionUpdate, now: number): Promise<UpdateResult> {
    const result = await this.#write({ type: 'update', id, update, now });
    return result.type === 'updated' ? result.result : { outcome: 'missing' };
  }

  async remove(id: string): Promise<Session | null> {
    const result = await this.#write({ type: 'remove', id });
    return result.type === 'removed' ? result.session : null;
  }

  list(filter: SessionFilterV1, page: PageRequest, now: number): Promise<SessionPage> {
    return this.#read((connection) => list(connection, filter, page, now));
  }

  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Promise<Scan> {
    return this.#read((connection) => scan(connection, filter, after, take, now));
  }

  count(filter: SessionFilter, now: number): Promise<number> {
    return this.#read((connection) => countMatching(connection, filter, now));
  }

  async closeMatching(request: CloseMatching, now: number): Promise<ClosedMatching> {
    this.#assertOpen();
    return this.#bulks.run((connection) => this.#bulk.closeMatching(connection, request, now));
  }

  async expire(now: number, limit: number, user_id: string | null = null): Promise<Expired> {
    this.#assertOpen();
    const isDue = await this.#lists.run((connection) => hasDue(connection, now, user_id));
    if (!isDue) return { count: 0, earliest: null };
    return this.#bulks.run((connection) => this.#bulk.expire(connection, now, limit, user_id));
  }

  async purge(closed_before: number, limit: number): Promise<number> {
    this.#assertOpen();
    return this.#bulks.run((connection) => this.#bulk.purge(connection, closed_before, limit));
  }

  async removeOfUser(user_id: string, limit: number, now: number): Promise<RemovedOfUser> {
    this.#assertOpen();
    return this.#bulks.run((connection) => this.#bulk.removeOfUser(connection, user_id, limit, now));
  }

  async lease(holder: string, lease_ms: number, now: number): Promise<boolean> {
    this.#assertOpen();
    const statement =
      lease_ms > 0
        ? { name: 'lease', text: TAKE_LEASE, values: [holder, now, lease_ms] }
        : { name: 'give lease back', text: GIVE_LEASE_BACK, values: [holder] };
    const taken = await this.#bulks.run((connection) => connection.query(statement));
    return taken.length > 0;
  }

  async clockDifference(clock: Clock): Promise<ClockDifference> {
    this.#assertOpen();
    return this.#bulks.run((connection) =>
      compareClocks(clock, async () => Number((await connection.query(SERVER_TIME))[0]?.[0])),
    );
  }

  hours(since: number): Promise<readonly HourCounts[]> {
    return this.#read(async (connection) => toHours(await connection.query({ text: SELECT_HOURS, values: [since] })));
  }

  watch(listener: ChangeListener): () => void {
    return this.#feed.watch(listener);
  }

  watermark(): number {
    return this.#feed.watermark;
  }

  figures(): StoreFigures {
    const waiting = {
      reads: this.#finds.waiting,
      writes: this.#writes.waiting,
      lists: this.#lists.waiting,
      bulk_changes: this.#bulks.waiting,
    };
    return { waiting, connections: this.#pool.connections };
  }

  async #write(write: Write): Promise<WriteResult> {
    this.#assertOpen();
    const result = await this.#writes.add(write);
    if (result.type === 'failed') throw result.error;
    return result;
  }

  async #read<T>(read: (connection: Connection) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return this.#lists.run((connection) => snapshot(connection, this.#config.slow_timeout_ms, () => read(connection)));
  }

  async #prove(needs_room: boolean): Promise<void> {
    if (this.#state !== 'open') return;
    let fault = 'a write had no response in time';
    try {
      await this.#bulks.run((connection) =>
        proveWrite(connection, needs_room).catch((error: unknown) => {
          fault = reasonOf(error);
          throw error;
        }),
      );
      this.#writability.proof(null);
    } catch {
      if (this.#state === 'open') this.#writability.proof(fault);
    }
  }

  #assertOpen(): void {
    if (this.#state !== 'open') throw this.#notOpen();
  }

  #notOpen(): SessionsError {
    return unavailable(this.#state === 'new' ? 'it is not open' : 'it is closed');
  }

  async #close(): Promise<void> {
    this.#state = 'closed';
    this.#writability.close();
    await Promise.all([this.#finds.close(), this.#writes.close(), this.#lists.close(), this.#bulks.close()]);
    this.#feed.close();
    const deadline = new Deadline(this.#config.call_timeout_ms);
    await this.#pool.close(deadline);
    deadline.cancel();
  }
}
