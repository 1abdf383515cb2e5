import { ConnectionTimeoutError, createClient } from '@redis/client';
import { monotonicTime } from '../../../domain/time/clock.ts';
import { PLAIN } from '../../shared/tls-faults.ts';
import type { Address, RedisStoreConfig } from '../config.ts';
import { NotSent, toFault } from './fault.ts';
import { respondsInPlain } from './plain-probe.ts';
import { IS_REPLICA, isReplica, QUERY_ROLE } from './role.ts';

/** The first pause before a reconnect, and the longest. */
const RECONNECT_MS_MIN = 50;
const RECONNECT_MS_MAX = 500;
/** How many checks of a connection fall into `silence_timeout_ms`. */
const LOOKS = 5;
/** A connection that leads to a replica is replaced at once, but then no more often than this. */
const LEAVE_MS = 250;

export interface ConnectionListener {
  readonly up: () => void;
  /** The connection was up and is down now. Commands waiting on it have been rejected. */
  readonly down: () => void;
}

export interface Subscription {
  readonly channel: string;
  readonly receive: (message: string) => void;
}

export interface ConnectionOptions {
  readonly subscription?: Subscription;
  /** Also allow a replica or a sentinel: the connection is used only to find the primaries. */
  readonly isOfAnyRole?: boolean;
}

type Client = ReturnType<typeof newClient>;

/**
 * One connection to one server, which reconnects until it is closed. While it is down, commands are rejected at once,
 * and those already sent are rejected too.
 *
 * A server that hangs, or whose packets are lost, does not close its connections. So the connection queries the
 * server's role all the time, and is given up if there is no response in time. The client library has no such timeout
 * that works under load. A connection to a replica is given up too: `isUp` is true only while its server is a primary.
 */
export class Connection {
  readonly address: string;
  readonly #at: Address;
  readonly #config: RedisStoreConfig;
  readonly #listener: ConnectionListener;
  readonly #subscription: Subscription | null;
  readonly #isOfAnyRole: boolean;
  readonly #watch: NodeJS.Timeout;
  #client: Client;
  #isUp = false;
  #problem: string | null = null;
  #isClosed = false;
  /** How many checks have passed since a query without a response; 0 if there is none. */
  #looks = 0;
  #leftAt = Number.NEGATIVE_INFINITY;
  #again: NodeJS.Timeout | null = null;

  constructor(
    at: Address,
    config: RedisStoreConfig,
    listener: ConnectionListener,
    { subscription, isOfAnyRole = false }: ConnectionOptions = {},
  ) {
    this.#at = at;
    this.address = textOf(at);
    this.#config = config;
    this.#listener = listener;
    this.#subscription = subscription ?? null;
    this.#isOfAnyRole = isOfAnyRole;
    this.#client = this.#connect();
    this.#watch = setInterval(() => this.#look(), config.silence_timeout_ms / LOOKS);
    this.#watch.unref();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Why the connection is down, if the server has given a reason, for example a wrong password. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Rejects with an error for `toFault`. */
  send<T>(args: readonly string[]): Promise<T> {
    if (!this.#isUp) return Promise.reject(this.#down());
    return this.#client.sendCommand(args) as Promise<T>;
  }

  /**
   * Queries the server's role now. Resolves if it is a primary: then all earlier responses came from a primary. Rejects
   * with an error for `toFault`.
   */
  checkRole(): Promise<void> {
    return this.#isUp ? this.#assertPrimary(this.#client) : Promise.reject(this.#down());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#watch);
    if (this.#again) clearTimeout(this.#again);
    this.#isUp = false;
    if (this.#client.isOpen) this.#client.destroy();
  }

  #connect(): Client {
    const client = newClient(this.#at, this.#config, this.#subscription !== null);
    client.on('ready', () => void this.#ready(client));
    // The library emits every failure here, and throws if there is no listener.
    client.on('error', (error) => this.#lost(client, error));
    client.connect().catch(() => {});
    return client;
  }

  async #ready(client: Client): Promise<void> {
    try {
      if (!this.#isOfAnyRole) await this.#assertPrimary(client);
      const { channel, receive } = this.#subscription ?? {};
      // After a reconnect, the library has subscribed again by itself; a second listener would receive each message
      // twice.
      if (channel !== undefined && receive && !client.isPubSubActive) await client.subscribe(channel, receive);
    } catch (error) {
      this.#note(error);
      return;
    }
    if (this.#client !== client || this.#isClosed || !client.isReady) return;
    this.#isUp = true;
    this.#looks = 0;
    this.#problem = null;
    this.#listener.up();
  }

  #lost(client: Client, error: unknown): void {
    this.#note(error);
    if (this.#client !== client || client.isReady || !this.#isUp) return;
    this.#isUp = false;
    this.#listener.down();
  }

  #note(error: unknown): void {
    const fault = toFault(error);
    if (fault.type === 'refused') this.#problem = fault.reason;
    else if (this.#config.tls && !this.#isUp && error instanceof ConnectionTimeoutError) void this.#probePlain();
  }

  async #probePlain(): Promise<void> {
    if ((await respondsInPlain(this.#at)) && !this.#isUp) this.#problem = PLAIN;
  }

  #look(): void {
    const client = this.#client;
    if (!client.isReady) return;
    if (this.#looks === 0) {
      this.#looks = 1;
      const answered = () => {
        if (this.#client === client) this.#looks = 0;
      };
      const answer = this.#isOfAnyRole ? client.sendCommand(['PING']) : this.#assertPrimary(client);
      answer.then(answered, answered);
      return;
    }
    this.#looks += 1;
    if (this.#looks > LOOKS) this.#renew();
  }

  async #assertPrimary(client: Client): Promise<void> {
    const answer = await client.sendCommand(QUERY_ROLE).catch((error: unknown) => {
      // A server that does not allow the query is trusted to be a primary.
      if (toFault(error).type !== 'refused') throw error;
    });
    if (!isReplica(answer)) return;
    this.#leave(client);
    throw new NotSent(IS_REPLICA);
  }

  /** Another connection to the same address may lead to the new primary. */
  #leave(client: Client): void {
    if (this.#client !== client || !client.isReady) return;
    this.#problem = IS_REPLICA;
    const since = monotonicTime() - this.#leftAt;
    this.#leftAt = monotonicTime();
    this.#renew(since < LEAVE_MS ? LEAVE_MS : 0);
  }

  #down(): NotSent {
    return new NotSent(this.#problem ?? 'it cannot be reached');
  }

  #renew(pause_ms = 0): void {
    const silent = this.#client;
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#looks = 0;
    const connect = () => {
      this.#client = this.#connect();
    };
    if (pause_ms === 0) connect();
    else this.#again = setTimeout(connect, pause_ms);
    silent.destroy();
    if (wasUp) this.#listener.down();
  }
}

export function textOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

/**
 * Never connects. For each new set of options the library generates a class with all commands, which takes 40 ms of
 * CPU. Duplicates of one client share its class.
 */
const CLIENT = createClient({
  disableOfflineQueue: true,
  // The store has its own timeouts. A timer of the library for each command costs more than the command.
  commandOptions: { timeout: 0 },
  maintNotifications: 'disabled',
});

function newClient({ host, port }: Address, config: RedisStoreConfig, isSubscription: boolean) {
  const { tls, tls_files, username, password, database, silence_timeout_ms, commands_max } = config;
  const socket = {
    host,
    port,
    connectTimeout: silence_timeout_ms,
    // For a server that accepts a connection but then is silent. Later, the regular queries keep the socket from being
    // idle.
    socketTimeout: 2 * silence_timeout_ms,
    reconnectStrategy: (retries: number) => Math.min(RECONNECT_MS_MIN * 2 ** retries, RECONNECT_MS_MAX),
  };
  return CLIENT.duplicate({
    socket: tls ? { ...socket, ...tls_files, tls: true } : socket,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    // With RESP2, a connection cannot send other commands while it is subscribed.
    RESP: isSubscription ? 3 : 2,
    commandsQueueMaxLength: commands_max,
  });
}
