import { type ChangeListener, ChangeListeners, type SessionChange } from '../../../domain/changes.ts';
import { randomText } from '../../../domain/ids.ts';
import { type Clock, NO_CLOCK } from '../../../domain/time/clock.ts';
import { elapsedTime } from '../../../domain/time/elapsed-time.ts';
import { LimitedGaps } from '../../shared/feed/limited-gaps.ts';
import { unavailable } from '../../shared/unavailable.ts';
import type { PostgresStoreConfig } from '../config.ts';
import { Connection, type Notification } from '../connection/connection.ts';
import { Deadline } from '../connection/deadline.ts';
import { isRefusal } from '../connection/faults.ts';
import { NotPrimary } from '../connection/role.ts';
import { Beats } from './beats.ts';
import { FeedMessages, feedKeyFrom, SELECT_FEED_KEY } from './feed-messages.ts';

/** How often a node sends a beat; its return shows that all earlier notifications have arrived. */
const BEAT_MS = 500;
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 500;
const BEAT_CHANNEL_BYTES = 9;

/**
 * The feed of changes. A node publishes its own changes after their commit, and receives those of other nodes as
 * notifications on a separate connection. While that connection is lost or does not respond, changes may be missed. So
 * the feed publishes a gap when the connection is lost, and another when it is back.
 *
 * Notifications arrive in the order of their commits. Twice a second the node sends a notification to itself, a beat.
 * When it comes back, all changes committed before it was sent have been published. This also detects a lost
 * connection, after `call_timeout_ms` at most.
 */
export class Feed {
  readonly channel: string;
  readonly #config: PostgresStoreConfig;
  readonly #clock: Clock;
  readonly #unbelieved: () => void;
  readonly #listening: (server: string) => void;
  readonly #listeners = new ChangeListeners();
  readonly #gaps = new LimitedGaps(() => this.tellGap());
  readonly #beatChannel = `pip_beat_${randomText(BEAT_CHANNEL_BYTES)}`;
  readonly #beats = new Beats();
  /** Null until the feed is open. */
  #messages: FeedMessages | null = null;
  /** When each of this node's commits that have no response yet was sent. */
  readonly #committing = new Set<{ readonly time: number }>();
  #connection: Connection | null = null;
  #timer: NodeJS.Timeout | null = null;
  #backoff_ms = BACKOFF_MS_MIN;
  #watermark = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  /**
   * `unbelieved` is called for each notification on the feed's channels that no node has sent. `listening` is called
   * with the server that the feed's connection leads to. `clock` dates the notifications.
   */
  constructor(
    config: PostgresStoreConfig,
    unbelieved: () => void,
    listening: (server: string) => void = () => {},
    clock: Clock = NO_CLOCK,
  ) {
    this.#clock = clock;
    this.#listening = listening;
    this.#config = config;
    this.#unbelieved = unbelieved;
    this.channel = `${config.schema}_changes`;
  }

  /** Whether the feed receives the changes of other nodes. */
  get isHealthy(): boolean {
    return this.#connection !== null;
  }

  /** See `SessionStore.watermark`. */
  get watermark(): number {
    let until = Math.min(this.#watermark, this.#gaps.heldAt);
    for (const { time } of this.#committing) until = Math.min(until, time);
    return until;
  }

  /** Resolves when the feed receives notifications; rejects if the connection fails. */
  async open(): Promise<void> {
    await this.#listen();
  }

  watch(listener: ChangeListener): () => void {
    return this.#listeners.add(listener);
  }

  /** The payloads that a transaction on this connection must send, so that other nodes receive its changes. */
  payloads(changes: readonly SessionChange[], { process_id }: Connection): string[] {
    if (!this.#messages) throw unavailable('it is not open');
    return this.#messages.toPayloads(changes, process_id);
  }

  /** Publishes this node's own changes after their commit; publishes a gap if the outcome of the commit is unknown. */
  async tellOwn(changes: readonly SessionChange[], commit: () => Promise<unknown>): Promise<void> {
    const committing = { time: elapsedTime() };
    this.#committing.add(committing);
    try {
      await commit();
      for (const change of changes) this.#listeners.tell(change);
    } catch (error) {
      if (!isRefusal(error)) this.#outcomeUnknown();
      throw error;
    } finally {
      this.#committing.delete(committing);
    }
  }

  /** Publishes a gap: earlier notifications, or data read from the store, may have been old. */
  tellGap(): void {
    this.#listeners.tell({ type: 'gap' });
  }

  /** Sessions are read and written at this server, so the feed must listen to it too. */
  follow(server: string): void {
    this.tellGap();
    if (this.#connection && this.#connection.server !== server) this.#connection.destroy();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#gaps.close();
    this.#connection?.destroy();
  }

  async #listen(): Promise<void> {
    const { call_timeout_ms } = this.#config;
    const time = elapsedTime();
    const deadline = new Deadline(call_timeout_ms);
    const connection = await Connection.open(this.#config, call_timeout_ms, deadline);
    if (connection.role === 'read-only') {
      connection.destroy();
      throw new NotPrimary('read-only');
    }
    const forget = deadline.onEnd(() => connection.destroy());
    connection.onNotification((notification) => this.#receive(notification));
    const channels = [this.channel, this.#beatChannel];
    // The commit of a beat need not reach the disk before its response.
    const texts = ['SET synchronous_commit = off', ...channels.map((channel) => `LISTEN "${channel}"`)];
    const [rows] = await Promise.all([
      connection.query(SELECT_FEED_KEY),
      ...texts.map((text) => connection.query({ text })),
    ]);
    this.#takeKey(feedKeyFrom(rows));
    this.#beats.clear();
    forget();
    deadline.cancel();
    this.#connection = connection;
    this.#watermark = time;
    this.#backoff_ms = BACKOFF_MS_MIN;
    connection.onLost(() => this.#onLost());
    this.#listening(connection.server);
    if (this.#isClosed) connection.destroy();
    else this.#after(BEAT_MS, () => this.#beat(connection));
  }

  async #beat(connection: Connection): Promise<void> {
    const deadline = new Deadline(this.#config.call_timeout_ms);
    deadline.onEnd(() => connection.destroy());
    const values = [this.#beatChannel, this.#beats.next()];
    try {
      if (!(await connection.checkRole())) return;
      await connection.query({ name: 'beat', text: 'SELECT pg_notify($1, $2)', values });
      this.#after(BEAT_MS, () => this.#beat(connection));
    } catch {
      connection.destroy();
    } finally {
      deadline.cancel();
    }
  }

  #onLost(): void {
    this.#connection = null;
    if (this.#isClosed) return;
    this.tellGap();
    this.#after(this.#backoff_ms, () => this.#relisten());
  }

  async #relisten(): Promise<void> {
    try {
      await this.#listen();
      this.tellGap();
    } catch {
      this.#backoff_ms = Math.min(BACKOFF_MS_MAX, 2 * this.#backoff_ms);
      this.#after(this.#backoff_ms, () => this.#relisten());
    }
  }

  /** The key differs after a backup was restored. */
  #takeKey(key: Buffer): void {
    if (!this.#messages?.hasKey(key)) this.#messages = new FeedMessages(key, this.channel, this.#clock);
  }

  #receive({ channel, payload, process_id }: Notification): void {
    if (channel === this.#beatChannel) {
      const time = this.#beats.take(payload);
      if (time === null) this.#unbelieved();
      else this.#watermark = Math.max(this.#watermark, time);
      return;
    }
    const received = this.#messages?.fromPayload(payload, process_id);
    if (received) {
      for (const change of received.changes) this.#listeners.tell(change, received.age_ms);
    } else {
      this.#unbelieved();
      this.#gaps.add(this.#watermark);
    }
  }

  /**
   * The commit may have happened, or may still happen. If its notification arrives, its changes are published as those
   * of another node.
   */
  #outcomeUnknown(): void {
    this.#messages?.rename();
    this.tellGap();
  }

  #after(ms: number, work: () => Promise<void>): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(work, ms);
    this.#timer.unref();
  }
}
