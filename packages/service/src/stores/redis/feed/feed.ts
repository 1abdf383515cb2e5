import type { ChangeListeners, SessionChange } from '../../../domain/changes.ts';
import { type Clock, NO_CLOCK } from '../../../domain/time/clock.ts';
import { elapsedTime } from '../../../domain/time/elapsed-time.ts';
import type { PublishedChange } from '../../shared/change-text.ts';
import { LimitedGaps } from '../../shared/feed/limited-gaps.ts';
import { unavailable } from '../../shared/unavailable.ts';
import type { RedisStoreConfig } from '../config.ts';
import type { Keys, Shard } from '../data/keys.ts';
import { claimFeedKey } from '../data/layout.ts';
import { Sequences } from '../data/sequences.ts';
import { Connection, textOf } from '../topology/connection.ts';
import type { ShardRouter } from '../topology/shard-router.ts';
import { withTimeout } from '../topology/with-timeout.ts';
import { FeedMessages, type Sealed } from './feed-messages.ts';

/** If the servers do not report their numbers within this time, the feed may have missed changes. */
const ASK_TIMEOUT_MS = 1_000;

export interface FeedListeners {
  readonly changes: ChangeListeners;
  /** Called for each message on the channel that no node has sent. */
  readonly unbelieved: () => void;
}

/**
 * The feed of changes: receives the messages of all nodes from one channel, on a separate connection. It is complete
 * while it is subscribed and has received all messages that the servers have numbered (`sequences.ts`). When it may
 * have missed changes it publishes a gap. When it is complete again it publishes another, because sessions cached in
 * between may be old.
 */
export class Feed {
  readonly #config: RedisStoreConfig;
  readonly #keys: Keys;
  readonly #engine: ShardRouter;
  readonly #listeners: FeedListeners;
  readonly #clock: Clock;
  readonly #gaps = new LimitedGaps(() => this.#tellGap());
  readonly #sequences = new Sequences();
  readonly #started = Promise.withResolvers<void>();
  /** Null until the feed is started. */
  #messages: FeedMessages | null = null;
  /** The key may have changed, for example after a loss of the server's data. */
  #isKeyUncertain = false;
  #subscription: Connection | null = null;
  #isHealthy = false;
  /** When the numbers of the servers were last requested: writes that succeeded before have no higher numbers. */
  #checkedAt = Number.NEGATIVE_INFINITY;
  #watermark = Number.NEGATIVE_INFINITY;
  #isPolling = false;
  #next: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** `clock` dates the messages. */
  constructor(
    config: RedisStoreConfig,
    keys: Keys,
    engine: ShardRouter,
    listeners: FeedListeners,
    clock: Clock = NO_CLOCK,
  ) {
    this.#clock = clock;
    this.#config = config;
    this.#keys = keys;
    this.#engine = engine;
    this.#listeners = listeners;
  }

  /** See `SessionStore.watermark`. */
  get watermark(): number {
    return Math.min(this.#watermark, this.#gaps.heldAt);
  }

  /** Why the channel cannot be subscribed to, if the server has given a reason. */
  get problem(): string | null {
    return this.#subscription?.problem ?? null;
  }

  /** Resolves when the feed is complete; retries until it is closed. */
  start(key: Buffer): Promise<void> {
    this.#takeKey(key);
    this.#subscribe();
    return this.#started.promise;
  }

  /** Creates the message of a write. The server publishes it together with the write. */
  seal(shard: Shard, changes: readonly PublishedChange[]): Sealed {
    if (!this.#messages) throw unavailable('it is not open');
    return this.#messages.seal(shard, changes);
  }

  tellOwn(changes: readonly SessionChange[]): void {
    this.#tell(changes, 0);
  }

  /**
   * A write of this node has an unknown outcome. If its message arrives, its changes are published as those of another
   * node.
   */
  outcomeUnknown(): void {
    this.#messages?.rename();
    this.#tellGap();
  }

  /**
   * Earlier messages, or data read from the store, may have been old. Publishes a gap now, and one when the feed is
   * complete again.
   */
  lose(): void {
    this.#isKeyUncertain = true;
    if (!this.#isHealthy || this.#isClosed) return;
    this.#isHealthy = false;
    this.#tellGap();
  }

  close(): void {
    this.#isClosed = true;
    this.#isHealthy = false;
    if (this.#next) clearTimeout(this.#next);
    this.#gaps.close();
    this.#subscription?.close();
  }

  /** Subscribes at the next server: in a cluster, every server receives every message. */
  #subscribe(): void {
    // A poll may end after the close.
    if (this.#isClosed) return;
    const addresses = this.#engine.addresses();
    const last = addresses.findIndex((at) => textOf(at) === this.#subscription?.address);
    const at = addresses[(last + 1) % addresses.length];
    this.#poll(this.#config.feed_poll_ms);
    if (!at) return;
    this.#subscription?.close();
    const subscription: Connection = new Connection(
      at,
      this.#config,
      {
        up: () => this.#poll(0),
        down: () => {
          if (this.#subscription === subscription) this.lose();
        },
      },
      { subscription: { channel: this.#keys.channel, receive: (text) => this.#receive(text) } },
    );
    this.#subscription = subscription;
    this.lose();
  }

  #poll(in_ms: number): void {
    if (this.#isClosed || this.#isPolling) return;
    if (this.#next) clearTimeout(this.#next);
    this.#next = setTimeout(async () => {
      this.#isPolling = true;
      const wasUp = this.#subscription?.isUp === true;
      const isWhole = await this.#check();
      this.#isPolling = false;
      const isUp = this.#subscription?.isUp === true;
      // This server is gone, or does not receive the messages of the other servers.
      if (((!isUp && !wasUp) || !isWhole) && this.#config.topology.type !== 'single') this.#subscribe();
      else this.#poll(isUp && !wasUp ? 0 : this.#config.feed_poll_ms);
    }, in_ms);
  }

  /** False if messages were missed. */
  async #check(): Promise<boolean> {
    const lasts = this.#sequences.lasts();
    const checkedAt = elapsedTime();
    const answers = await this.#ask();
    if (this.#isClosed) return true;
    if (!answers || !this.#subscription?.isUp) {
      this.lose();
      return true;
    }
    const { numbers, key } = answers;
    if (key) this.#takeKey(key);
    this.#checkedAt = checkedAt;
    const wasHealthy = this.#isHealthy;
    this.#isHealthy = true;
    const follow = numbers.map(([shard, number]) => {
      if (wasHealthy) return this.#sequences.check(shard, number, lasts.get(shard) ?? 0);
      this.#sequences.reset(shard, number);
      return false;
    });
    if (follow.includes(false)) this.#tellGap();
    this.#advance();
    this.#started.resolve();
    return !wasHealthy || !follow.includes(false);
  }

  #advance(): void {
    if (this.#isHealthy && this.#sequences.isComplete) this.#watermark = this.#checkedAt;
  }

  /** Null if a server does not respond. The key is null unless it may have changed. */
  async #ask() {
    const asking = Promise.all(
      this.#keys.shards.map(async (shard) => {
        const number = await this.#engine.send<string | null>(shard, ['GET', this.#keys.seq(shard)]);
        return [shard, Number(number ?? 0)] as const;
      }),
    );
    const key = this.#isKeyUncertain ? claimFeedKey(this.#engine, this.#keys) : null;
    const answers = Promise.all([asking, key]).then(async ([numbers, key]) => {
      // The role is checked afterwards: the number at a replica may be old.
      await this.#engine.checkRoles();
      return { numbers, key };
    });
    return withTimeout(answers, ASK_TIMEOUT_MS, () =>
      unavailable('its servers did not report their message numbers'),
    ).catch(() => null);
  }

  #takeKey(key: Buffer): void {
    this.#isKeyUncertain = false;
    if (!this.#messages?.hasKey(key)) this.#messages = new FeedMessages(key, this.#keys.channel, this.#clock);
  }

  #receive(text: string): void {
    if (this.#isClosed) return;
    const message = this.#messages?.open(text);
    if (!message) {
      this.#isKeyUncertain = true;
      this.#listeners.unbelieved();
      this.#gaps.add(this.#watermark);
      return;
    }
    const place = this.#sequences.receive(message.shard, message.number);
    if (place === 'before') return;
    if (place === 'back') {
      this.#gaps.add(this.#watermark);
      return;
    }
    if (place === 'after a hole') this.#tellGap();
    if (!message.isOwn) this.#tell(message.changes, message.age_ms);
    this.#advance();
  }

  #tell(changes: readonly SessionChange[], age_ms: number): void {
    for (const change of changes) this.#listeners.changes.tell(change, age_ms);
  }

  #tellGap(): void {
    this.#listeners.changes.tell({ type: 'gap' });
  }
}
