import { createClient } from 'redis';
import type { Address, RedisStoreConfig } from './config.ts';
import { toFault } from './fault.ts';

/** The first pause before connecting again, and the longest. */
const RECONNECT_MS_MIN = 50;
const RECONNECT_MS_MAX = 500;
/** How many times a connection is looked at in the time after which its silence means that it is dead. */
const LOOKS = 5;

export interface ConnectionListener {
  readonly up: () => void;
  /** It was up and is not: what waits on it has been rejected. */
  readonly down: () => void;
}

export interface Subscription {
  readonly channel: string;
  readonly hear: (message: string) => void;
}

type Client = ReturnType<typeof newClient>;

/**
 * One connection to one server, made anew whenever it is lost, for ever until it is closed. While it is down, commands
 * are refused at once; those that were sent are rejected.
 *
 * A server that is silent, or whose packets are lost, does not close its connections: so a PING goes out all the time, and
 * when it is not answered in time the connection is given up. The library has no bound for that which holds under load.
 */
export class Connection {
  readonly address: string;
  readonly #at: Address;
  readonly #config: RedisStoreConfig;
  readonly #listener: ConnectionListener;
  readonly #subscription: Subscription | null;
  readonly #watch: NodeJS.Timeout;
  #client: Client;
  #isUp = false;
  #problem: string | null = null;
  #isClosed = false;
  /** How many times the connection was looked at since the PING that has not been answered; 0 for none. */
  #looks = 0;

  constructor(
    at: Address,
    config: RedisStoreConfig,
    listener: ConnectionListener,
    subscription: Subscription | null = null,
  ) {
    this.#at = at;
    this.address = textOf(at);
    this.#config = config;
    this.#listener = listener;
    this.#subscription = subscription;
    this.#client = this.#connect();
    this.#watch = setInterval(() => this.#look(), config.silence_timeout_ms / LOOKS);
    this.#watch.unref();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Why the server has refused the connection, if it did; a password is wrong, for example. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Rejects with what `toFault` understands. */
  send<T>(args: readonly string[]): Promise<T> {
    return this.#client.sendCommand(args) as Promise<T>;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#watch);
    this.#isUp = false;
    this.#client.destroy();
  }

  #connect(): Client {
    const client = newClient(this.#at, this.#config);
    client.on('ready', () => void this.#ready(client));
    // The library tells so of everything that fails, and throws where nobody listens.
    client.on('error', (error) => this.#lost(client, error));
    client.connect().catch(() => {});
    return client;
  }

  async #ready(client: Client): Promise<void> {
    try {
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
  }

  #look(): void {
    const client = this.#client;
    if (!client.isReady) return;
    if (this.#looks === 0) {
      this.#looks = 1;
      const answered = () => {
        if (this.#client === client) this.#looks = 0;
      };
      client.sendCommand(['PING']).then(answered, answered);
      return;
    }
    this.#looks += 1;
    if (this.#looks > LOOKS) this.#renew();
  }

  #renew(): void {
    const silent = this.#client;
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#looks = 0;
    this.#client = this.#connect();
    silent.destroy();
    if (wasUp) this.#listener.down();
  }
}

export function textOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

function newClient({ host, port }: Address, config: RedisStoreConfig) {
  const { tls, username, password, database, silence_timeout_ms, commands_max } = config;
  const socket = {
    host,
    port,
    connectTimeout: silence_timeout_ms,
    // For a server that accepts a connection and is silent then; later on the PINGs keep the socket from being idle.
    socketTimeout: 2 * silence_timeout_ms,
    reconnectStrategy: (retries: number) => Math.min(RECONNECT_MS_MIN * 2 ** retries, RECONNECT_MS_MAX),
  };
  return createClient({
    socket: tls ? { ...socket, tls: true } : socket,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: commands_max,
    // The store has deadlines of its own; a timer of the library for each command costs more than the command.
    commandOptions: { timeout: 0 },
    maintNotifications: 'disabled',
  });
}
