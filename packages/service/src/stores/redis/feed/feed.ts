import type { ChangeListeners, SessionChange } from '../../../domain/changes.ts';
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

/** Servers that have not told their numbers by then leave the feed in doubt. */
const ASK_TIMEOUT_MS = 1_000;

export interface FeedListeners {
  readonly changes: ChangeListeners;
  /** Called for each message on the channel that no node has sent. */
  readonly unbelieved: () => void;
}

/**
 * What all nodes have changed, by messages on one channel, with a connection of its own. It is healthy while the channel is
 * subscribed and all messages are heard that the servers have numbered (`sequences.ts`). Any doubt is told as a gap, and
 * another one when the doubt is over: what was kept in between cannot be trusted either.
 */
export class Feed {
  readonly #config: RedisStoreConfig;
  readonly #keys: Keys;
  readonly #engine: ShardRouter;
  readonly #listeners: FeedListeners;
  readonly #gaps = new LimitedGaps(() => this.#tellGap());
  readonly #sequences = new Sequences();
  readonly #started = Promise.withResolvers<void>();
  /** Null before it is started. */
  #messages: FeedMessages | null = null;
  /** Another key may be there: after a loss of the server's data, for example. */
  #isKeyInDoubt = false;
  #subscription: Connection | null = null;
  #isHealthy = false;
  /** When the servers were last asked for their numbers: what was answered before it has none above them. */
  #askedAt = Number.NEGATIVE_INFINITY;
  #watermark = Number.NEGATIVE_INFINITY;
  #isPolling = false;
  #next: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(config: RedisStoreConfig, keys: Keys, engine: ShardRouter, listeners: FeedListeners) {
    this.#config = config;
    this.#keys = keys;
    this.#engine = engine;
    this.#listeners = listeners;
  }

  /** See `SessionStore`. */
  get watermark(): number {
    return Math.min(this.#watermark, this.#gaps.heldAt);
  }

  /** Why the channel cannot be subscribed to, if the server has said so. */
  get problem(): string | null {
    return this.#subscription?.problem ?? null;
  }

  /** Resolves when it is healthy; until it is closed it goes on trying. */
  start(key: Buffer): Promise<void> {
    this.#takeKey(key);
    this.#subscribe();
    return this.#started.promise;
  }

  /** The message of a write, which the server publishes when it makes the write. */
  seal(shard: Shard, changes: readonly PublishedChange[]): Sealed {
    if (!this.#messages) throw unavailable('it is not open');
    return this.#messages.seal(shard, changes);
  }

  tellOwn(changes: readonly SessionChange[]): void {
    for (const change of changes) this.#listeners.changes.tell(change);
  }

  /** A write of this node may have been made or not, or may yet be: its message, if one comes, is told as another node's. */
  doubt(): void {
    this.#messages?.rename();
    this.#tellGap();
  }

  /** What was heard, or read from the store, may have been old: a gap is told now, and when all is well again. */
  lose(): void {
    this.#isKeyInDoubt = true;
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

  /** At the next server: in a cluster a message reaches all of them. */
  #subscribe(): void {
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
      { subscription: { channel: this.#keys.channel, hear: (text) => this.#hear(text) } },
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
      // This server is gone for good, or does not get the messages of the others.
      if (((!isUp && !wasUp) || !isWhole) && this.#config.topology.type !== 'single') this.#subscribe();
      else this.#poll(isUp && !wasUp ? 0 : this.#config.feed_poll_ms);
    }, in_ms);
  }

  /** False when messages were missed. */
  async #check(): Promise<boolean> {
    const lasts = this.#sequences.lasts();
    const askedAt = elapsedTime();
    const answers = await this.#ask();
    if (this.#isClosed) return true;
    if (!answers || !this.#subscription?.isUp) {
      this.lose();
      return true;
    }
    const { numbers, key } = answers;
    if (key) this.#takeKey(key);
    this.#askedAt = askedAt;
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
    if (this.#isHealthy && this.#sequences.isWhole) this.#watermark = this.#askedAt;
  }

  /** Null when a server does not answer. The key is null while it is not in doubt. */
  async #ask() {
    const asking = Promise.all(
      this.#keys.shards.map(async (shard) => {
        const number = await this.#engine.send<string | null>(shard, ['GET', this.#keys.seq(shard)]);
        return [shard, Number(number ?? 0)] as const;
      }),
    );
    const key = this.#isKeyInDoubt ? claimFeedKey(this.#engine, this.#keys) : null;
    const answers = Promise.all([asking, key]).then(async ([numbers, key]) => {
      // A replica has old numbers, and the last one that it has heard of is not the last one.
      await this.#engine.checkRoles();
      return { numbers, key };
    });
    return withTimeout(answers, ASK_TIMEOUT_MS, () => unavailable('it does not tell its numbers')).catch(() => null);
  }

  #takeKey(key: Buffer): void {
    this.#isKeyInDoubt = false;
    if (!this.#messages?.hasKey(key)) this.#messages = new FeedMessages(key, this.#keys.channel);
  }

  #hear(text: string): void {
    if (this.#isClosed) return;
    const message = this.#messages?.open(text);
    if (!message) {
      this.#isKeyInDoubt = true;
      this.#listeners.unbelieved();
      this.#gaps.add(this.#watermark);
      return;
    }
    const place = this.#sequences.hear(message.shard, message.number);
    if (place === 'before') return;
    if (place === 'back') {
      this.#gaps.add(this.#watermark);
      return;
    }
    if (place === 'after a hole') this.#tellGap();
    if (!message.isOwn) this.tellOwn(message.changes);
    this.#advance();
  }

  #tellGap(): void {
    this.#listeners.changes.tell({ type: 'gap' });
  }
}
