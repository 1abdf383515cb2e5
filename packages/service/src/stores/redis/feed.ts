import type { ChangeListeners, SessionChange } from '../../domain/changes.ts';
import { monotonicTime } from '../../domain/clock.ts';
import { randomText } from '../../domain/ids.ts';
import { fromChangeText, listFrom } from '../change-text.ts';
import { unavailable } from '../unavailable.ts';
import type { RedisStoreConfig } from './config.ts';
import { Connection, textOf } from './connection.ts';
import type { Engine } from './engine.ts';
import { inTime } from './in-time.ts';
import type { Keys, Shard } from './keys.ts';
import { Sequences } from './sequences.ts';

const NODE_BYTES = 9;
/** Servers that have not told their numbers by then leave the feed in doubt. */
const ASK_TIMEOUT_MS = 1_000;

interface Message {
  readonly number: number;
  readonly node: string;
  readonly shard: Shard;
  readonly changes: readonly SessionChange[];
}

/**
 * What all nodes have changed, by messages on one channel, with a connection of its own. It is healthy while the channel is
 * subscribed and all messages are heard that the servers have numbered (`sequences.ts`). Any doubt is told as a gap, and
 * another one when the doubt is over: what was kept in between cannot be trusted either.
 */
export class Feed {
  readonly #config: RedisStoreConfig;
  readonly #keys: Keys;
  readonly #engine: Engine;
  readonly #listeners: ChangeListeners;
  readonly #sequences = new Sequences();
  readonly #started = Promise.withResolvers<void>();
  #node = randomText(NODE_BYTES);
  #subscription: Connection | null = null;
  #isHealthy = false;
  /** When the servers were last asked for their numbers: what was answered before it has none above them. */
  #askedAt = Number.NEGATIVE_INFINITY;
  #toldUntil = Number.NEGATIVE_INFINITY;
  #isPolling = false;
  #next: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(config: RedisStoreConfig, keys: Keys, engine: Engine, listeners: ChangeListeners) {
    this.#config = config;
    this.#keys = keys;
    this.#engine = engine;
    this.#listeners = listeners;
  }

  /** Who tells: messages of this name were told here already. */
  get node(): string {
    return this.#node;
  }

  /** See `SessionStore`. */
  get toldUntil(): number {
    return this.#toldUntil;
  }

  /** Resolves when it is healthy; until it is closed it goes on trying. */
  start(): Promise<void> {
    this.#subscribe();
    return this.#started.promise;
  }

  tellOwn(changes: readonly SessionChange[]): void {
    for (const change of changes) this.#listeners.tell(change);
  }

  /** A write of this node may have been made or not, or may yet be: its message, if one comes, is told as another node's. */
  doubt(): void {
    this.#node = randomText(NODE_BYTES);
    this.#listeners.tell({ type: 'gap' });
  }

  close(): void {
    this.#isClosed = true;
    this.#isHealthy = false;
    if (this.#next) clearTimeout(this.#next);
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
          if (this.#subscription === subscription) this.#lose();
        },
      },
      { channel: this.#keys.channel, hear: (text) => this.#hear(text) },
    );
    this.#subscription = subscription;
    this.#lose();
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
    const askedAt = monotonicTime();
    const numbers = await this.#ask();
    if (this.#isClosed) return true;
    if (!numbers || !this.#subscription?.isUp) {
      this.#lose();
      return true;
    }
    this.#askedAt = askedAt;
    const wasHealthy = this.#isHealthy;
    this.#isHealthy = true;
    const follow = numbers.map(([shard, number]) => {
      if (wasHealthy) return this.#sequences.check(shard, number, lasts.get(shard) ?? 0);
      this.#sequences.reset(shard, number);
      return false;
    });
    if (follow.includes(false)) this.#listeners.tell({ type: 'gap' });
    this.#advance();
    this.#started.resolve();
    return !wasHealthy || !follow.includes(false);
  }

  #advance(): void {
    if (this.#isHealthy && this.#sequences.isWhole) this.#toldUntil = this.#askedAt;
  }

  /** Null when a server does not answer. */
  async #ask(): Promise<readonly (readonly [Shard, number])[] | null> {
    const asking = Promise.all(
      this.#keys.shards.map(async (shard) => {
        const number = await this.#engine.send<string | null>(shard, ['GET', this.#keys.seq(shard)]);
        return [shard, Number(number ?? 0)] as const;
      }),
    );
    return inTime(asking, ASK_TIMEOUT_MS, () => unavailable('it does not tell its numbers')).catch(() => null);
  }

  #lose(): void {
    if (!this.#isHealthy || this.#isClosed) return;
    this.#isHealthy = false;
    this.#listeners.tell({ type: 'gap' });
  }

  #hear(text: string): void {
    if (this.#isClosed) return;
    const message = toMessage(text);
    if (!message || !this.#sequences.hear(message.shard, message.number)) this.#listeners.tell({ type: 'gap' });
    if (message && message.node !== this.#node) this.tellOwn(message.changes);
    this.#advance();
  }
}

/** Null for a text that another version may have written. */
function toMessage(text: string): Message | null {
  const members = listFrom(text);
  if (!members) return null;
  const [number, node, shard, ...texts] = members;
  if (typeof number !== 'number' || typeof node !== 'string' || typeof shard !== 'string') return null;
  const changes = texts.map((one) => (typeof one === 'string' ? fromChangeText(one) : null));
  return changes.includes(null) ? null : { number, node, shard, changes: changes.filter((one) => one !== null) };
}
