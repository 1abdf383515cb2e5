import { type ChangeListener, ChangeListeners } from '../../domain/changes.ts';
import { SessionsError } from '../../domain/errors.ts';
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
import { type ClockDifference, compareClocks } from '../../domain/time/clock-check.ts';
import { isTlsFault } from '../shared/tls-faults.ts';
import { unavailable } from '../shared/unavailable.ts';
import type { RedisStoreConfig } from './config.ts';
import { Bulk } from './data/bulk.ts';
import { hoursSince } from './data/hourly-counts.ts';
import { Inserter } from './data/insert.ts';
import { KeyedMutex } from './data/keyed-mutex.ts';
import { assertFindable, Keys, type Shard } from './data/keys.ts';
import { assertKeepsAll, claimFeedKey, claimLayout } from './data/layout.ts';
import { Lists } from './data/lists.ts';
import { LEASE } from './data/scripts/lease.ts';
import { Writes } from './data/writes.ts';
import { Feed, type FeedListeners } from './feed/feed.ts';
import { type CallDeadline, CallDeadlines } from './topology/call-deadline.ts';
import { textOf } from './topology/connection.ts';
import { ShardRouter } from './topology/shard-router.ts';
import { withTimeout } from './topology/with-timeout.ts';

interface Opened {
  readonly engine: ShardRouter;
  readonly feed: Feed;
  readonly calls: CallDeadlines;
  /**
   * Serializes calls of this process on one session or on one user's limit, so that they do not conflict in the server.
   */
  readonly mutex: KeyedMutex;
  readonly writes: Writes;
  readonly inserter: Inserter;
  readonly lists: Lists;
  readonly bulk: Bulk;
}

/**
 * Stores sessions in Redis or Valkey: one server, the master that sentinels name, or a cluster. Any number of nodes may
 * share them.
 *
 * The domain computes each change here from the session that was read. A script in the server then writes it with all
 * indexes, if nothing has changed in between (`data/scripts/write.ts`). Only masters are read, so every read sees every
 * write that succeeded before.
 *
 * A write is as durable as the servers are configured to be. Without `appendfsync always`, a crash can lose the last
 * second. Without `replicas`, a failover can lose the last writes.
 *
 * A bulk change is atomic per chunk of a shard, not as a whole. A session limit is exact among ids of the service's own format,
 * and among imported ids. Concurrent inserts of both kinds may exceed it.
 */
export class RedisStore implements SessionStore {
  readonly #config: RedisStoreConfig;
  readonly #clock: Clock;
  readonly #unbelieved: () => void;
  readonly #keys: Keys;
  readonly #listeners = new ChangeListeners();
  #opened: Opened | null = null;

  /** `unbelieved` is called for each message on the feed's channel that no node has sent. */
  constructor(config: RedisStoreConfig, clock: Clock = NO_CLOCK, unbelieved: () => void = () => {}) {
    this.#config = config;
    this.#clock = clock;
    this.#unbelieved = unbelieved;
    this.#keys = new Keys(config.prefix, config.shards);
  }

  async open(): Promise<void> {
    if (this.#opened) return;
    const feed_listeners = { changes: this.#listeners, unbelieved: this.#unbelieved };
    const opened = assemble(this.#config, this.#keys, this.#clock, feed_listeners);
    try {
      await this.#withTimeout(opened, begin(opened, this.#config, this.#keys));
    } catch (error) {
      letGo(opened);
      throw error;
    }
    this.#opened = opened;
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    if (!opened) return;
    await opened.calls.close();
    if (this.#opened !== opened) return;
    this.#opened = null;
    letGo(opened);
  }

  ping(): Promise<void> {
    return this.#call(async ({ engine }) => {
      // A missing number counts as 0, so this changes nothing. If the number exists, SET NX changes nothing. In both
      // cases the server reports why it cannot write.
      const proof = (shard: Shard) => engine.prove(shard, ['SET', this.#keys.seq(shard), '0', 'NX']);
      await Promise.all(this.#keys.shards.map(proof));
    });
  }

  insert(session: Session, limit: SessionLimit | null, now: number): Promise<readonly Session[]> {
    return this.#call(async ({ inserter, mutex }, call) => {
      assertFindable(session.id, session.user_id);
      if (limit) {
        return mutex.run(`user ${session.user_id}`, () => inserter.insertLimited(call, session, limit, now));
      }
      await inserter.insert(call, session, now);
      return [];
    });
  }

  find(id: string): Promise<Session | null> {
    return this.#call(async ({ writes }) => (await writes.read(id))?.session ?? null);
  }

  update(id: string, update: SessionUpdate, now: number): Promise<UpdateResult> {
    return this.#call(({ mutex, writes }, call) =>
      mutex.run(`session ${id}`, () => writes.update(call, id, update, now)),
    );
  }

  remove(id: string): Promise<Session | null> {
    return this.#call(({ mutex, writes }, call) => mutex.run(`session ${id}`, () => writes.remove(call, id)));
  }

  list(filter: SessionFilterV1, page: PageRequest, now: number): Promise<SessionPage> {
    return this.#slowCall(({ lists }, call) => lists.list(call, filter, page, now));
  }

  scan(filter: SessionFilter, after: ScanKey | null, take: number, now: number): Promise<Scan> {
    return this.#slowCall(({ lists }, call) => lists.scan(call, filter, after, take, now));
  }

  count(filter: SessionFilter, now: number): Promise<number> {
    return this.#slowCall(({ lists }, call) => lists.count(call, filter, now));
  }

  closeMatching(request: CloseMatching, now: number): Promise<ClosedMatching> {
    return this.#slowCall(({ bulk }, call) => bulk.closeMatching(call, request, now));
  }

  expire(now: number, limit: number, user_id?: string): Promise<Expired> {
    return this.#slowCall(({ bulk }, call) => bulk.expire(call, now, limit, user_id));
  }

  purge(closed_before: number, limit: number): Promise<number> {
    return this.#slowCall(({ bulk }, call) => bulk.purge(call, closed_before, limit));
  }

  removeOfUser(user_id: string, limit: number, now: number): Promise<RemovedOfUser> {
    return this.#slowCall(({ bulk }, call) => bulk.removeOfUser(call, user_id, limit, now));
  }

  lease(holder: string, lease_ms: number, now: number): Promise<boolean> {
    const { lease, commonShard } = this.#keys;
    const values = [holder, String(lease_ms), String(now)];
    return this.#call(async ({ engine }) => (await engine.run<number>(commonShard, LEASE, [lease], values)) === 1);
  }

  /** In a cluster, the server that has the lease. */
  clockDifference(clock: Clock): Promise<ClockDifference> {
    return this.#call(({ engine }) =>
      compareClocks(clock, async () => {
        const [seconds, microseconds] = await engine.send<[string, string]>(this.#keys.commonShard, ['TIME']);
        return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
      }),
    );
  }

  hours(since: number): Promise<readonly HourCounts[]> {
    return this.#call(({ engine }) => hoursSince(engine, this.#keys, since));
  }

  figures(): StoreFigures {
    return { waiting: { calls: this.#opened?.calls.underWay ?? 0 } };
  }

  watch(listener: ChangeListener): () => void {
    return this.#listeners.add(listener);
  }

  watermark(): number {
    return this.#opened?.feed.watermark ?? Number.NEGATIVE_INFINITY;
  }

  #call<T>(work: (opened: Opened, call: CallDeadline) => Promise<T>): Promise<T> {
    return this.#within(this.#config.call_timeout_ms, work);
  }

  /** For calls that may have to look at every session. */
  #slowCall<T>(work: (opened: Opened, call: CallDeadline) => Promise<T>): Promise<T> {
    return this.#within(this.#config.slow_timeout_ms, work);
  }

  #within<T>(timeout_ms: number, work: (opened: Opened, call: CallDeadline) => Promise<T>): Promise<T> {
    const opened = this.#opened;
    if (!opened) return Promise.reject(unavailable('it is not open'));
    return opened.calls.run(timeout_ms, (call) => work(opened, call));
  }

  #withTimeout<T>({ engine, feed }: Opened, step: Promise<T>): Promise<T> {
    const { addresses, open_timeout_ms } = this.#config;
    const where = `it was not reached at ${addresses.map(textOf).join(', ')} within ${open_timeout_ms} ms`;
    const why = () => engine.problem ?? feed.problem;
    const late = () => unavailable(why() === null ? where : `${where}: ${why()}`);
    const hopeless = () => {
      const problem = why();
      if (!isTlsFault(problem)) return null;
      return new SessionsError(
        'STORE_UNUSABLE',
        `Redis at ${addresses.map(textOf).join(', ')} cannot be used: ${problem}.`,
      );
    };
    return withTimeout(step, open_timeout_ms, late, hopeless);
  }
}

function assemble(config: RedisStoreConfig, keys: Keys, clock: Clock, listeners: FeedListeners): Opened {
  const engine = new ShardRouter(config, keys, () => feed.lose());
  const feed: Feed = new Feed(config, keys, engine, listeners, clock);
  const writes = new Writes(engine, keys, feed, clock, config.retention_ms);
  const lists = new Lists(engine, keys, writes);
  return {
    engine,
    feed,
    writes,
    lists,
    inserter: new Inserter(engine, keys, writes),
    bulk: new Bulk(engine, keys, writes, lists),
    mutex: new KeyedMutex(),
    calls: new CallDeadlines(config.calls_max, () => feed.outcomeUnknown()),
  };
}

async function begin({ engine, feed }: Opened, config: RedisStoreConfig, keys: Keys): Promise<void> {
  await engine.open();
  await assertKeepsAll(engine);
  await claimLayout(engine, keys, config);
  await feed.start(await claimFeedKey(engine, keys));
}

function letGo({ feed, engine }: Opened): void {
  feed.close();
  engine.close();
}
