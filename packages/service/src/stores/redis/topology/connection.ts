import { ConnectionTimeoutError, createClient } from '@redis/client';
import { monotonicTime } from '../../../domain/time/clock.ts';
import { PLAIN } from '../../shared/tls-faults.ts';
import type { Address, RedisStoreConfig } from '../config.ts';
import { NotSent, toFault } from './fault.ts';
import { answersInPlain } from './plain-probe.ts';
import { ASK_ROLE, IS_REPLICA, isReplica } from './role.ts';

/** The first pause before connecting again, and the longest. */
const RECONNECT_MS_MIN = 50;
const RECONNECT_MS_MAX = 500;
/** How many times a connection is looked at in the time after which its silence means that it is dead. */
const LOOKS = 5;
/** A connection that leads to a replica is made anew at once, and then no more often than this. */
const LEAVE_MS = 250;

export interface ConnectionListener {
  readonly up: () => void;
  /** It was up and is not: what waits on it has been rejected. */
  readonly down: () => void;
}

export interface Subscription {
  readonly channel: string;
  readonly hear: (message: string) => void;
}

export interface ConnectionOptions {
  readonly subscription?: Subscription;
  /** Also for a replica, or a sentinel: it is asked for nothing but where the primaries are. */
  readonly isOfAnyRole?: boolean;
}

type Client = ReturnType<typeof newClient>;

/**
 * One connection to one server, made anew whenever it is lost, for ever until it is closed. While it is down, commands
 * are refused at once; those that were sent are rejected.
 *
 * A server that is silent, or whose packets are lost, does not close its connections: so it is asked for its role all the
 * time, and when it does not answer in time the connection is given up. The library has no bound for that which holds under
 * load. A connection that leads to a replica is given up too: it is up only while its server is a primary.
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
  /** How many times the connection was looked at since a question that has not been answered; 0 for none. */
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

  /** Why the connection is down, if the server has said so; a password is wrong, for example. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Rejects with what `toFault` understands. */
  send<T>(args: readonly string[]): Promise<T> {
    if (!this.#isUp) return Promise.reject(this.#down());
    return this.#client.sendCommand(args) as Promise<T>;
  }

  /**
   * Asks the server for its role now. Resolves when it is a primary: whatever was answered before came from a primary.
   * Rejects with what `toFault` understands.
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
    // The library tells so of everything that fails, and throws where nobody listens.
    client.on('error', (error) => this.#lost(client, error));
    client.connect().catch(() => {});
    return client;
  }

  async #ready(client: Client): Promise<void> {
    try {
      if (!this.#isOfAnyRole) await this.#assertPrimary(client);
      const { channel, hear } = this.#subscription ?? {};
      // At a connection that was made again by the library it has subscribed again too; a second listener would hear twice.
      if (channel !== undefined && hear && !client.isPubSubActive) await client.subscribe(channel, hear);
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
    else if (this.#config.tls && !this.#isUp && error instanceof ConnectionTimeoutError) void this.#askInPlain();
  }

  async #askInPlain(): Promise<void> {
    if ((await answersInPlain(this.#at)) && !this.#isUp) this.#problem = PLAIN;
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
    const answer = await client.sendCommand(ASK_ROLE).catch((error: unknown) => {
      // A server that does not say its role is trusted, whatever it answers.
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
 * Never connected. The library makes a class of all its commands for each set of options that is not the last one, in 40 ms of
 * CPU: duplicates of one client have its class.
 */
const CLIENT = createClient({
  disableOfflineQueue: true,
  // The store has deadlines of its own; a timer of the library for each command costs more than the command.
  commandOptions: { timeout: 0 },
  maintNotifications: 'disabled',
});

function newClient({ host, port }: Address, config: RedisStoreConfig, isSubscription: boolean) {
  const { tls, tls_files, username, password, database, silence_timeout_ms, commands_max } = config;
  const socket = {
    host,
    port,
    connectTimeout: silence_timeout_ms,
    // For a server that accepts a connection and is silent then; later on the PINGs keep the socket from being idle.
    socketTimeout: 2 * silence_timeout_ms,
    reconnectStrategy: (retries: number) => Math.min(RECONNECT_MS_MIN * 2 ** retries, RECONNECT_MS_MAX),
  };
  return CLIENT.duplicate({
    socket: tls ? { ...socket, ...tls_files, tls: true } : socket,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    // In the older protocol nothing can be asked while a channel is subscribed to.
    RESP: isSubscription ? 3 : 2,
    commandsQueueMaxLength: commands_max,
  });
}
