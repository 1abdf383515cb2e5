import type { Address, RedisStoreConfig } from '../config.ts';
import { ReplicatedWrites } from '../data/replicated-writes.ts';
import type { Script } from '../data/scripts/script.ts';
import { Connection, type ConnectionListener, type ConnectionOptions, textOf } from './connection.ts';
import { toFault } from './fault.ts';

/** One server with sessions: its connection, and a separate connection for writes if these wait for replicas. */
export class Server {
  readonly at: Address;
  readonly address: string;
  readonly #connection: Connection;
  readonly #writer: Connection | null;
  readonly #replicated: ReplicatedWrites | null;
  #rising = Promise.withResolvers<void>();

  constructor(
    at: Address,
    config: RedisStoreConfig,
    listener: ConnectionListener,
    options: Pick<ConnectionOptions, 'isOfAnyRole'> = {},
  ) {
    this.at = at;
    this.address = textOf(at);
    const own: ConnectionListener = {
      up: () => {
        if (!this.isUp) return;
        this.#rising.resolve();
        this.#rising = Promise.withResolvers();
        listener.up();
      },
      down: listener.down,
    };
    const { replicas, replicas_timeout_ms } = config;
    this.#connection = new Connection(at, config, own, options);
    this.#writer = replicas > 0 ? new Connection(at, config, own, options) : null;
    this.#replicated = this.#writer && new ReplicatedWrites(this.#writer, replicas, replicas_timeout_ms);
  }

  get isUp(): boolean {
    return this.#connection.isUp && this.#writer?.isUp !== false;
  }

  /** The server's reason for rejecting a connection; null if it has rejected none. */
  get problem(): string | null {
    return this.#connection.problem ?? this.#writer?.problem ?? null;
  }

  /** Resolves when the server is connected, which may be never: the caller must bound the wait. */
  up(): Promise<void> {
    return this.isUp ? Promise.resolve() : this.#rising.promise;
  }

  /** Resolves if both connections lead to a primary. Then all earlier responses came from a primary. */
  async checkRole(): Promise<void> {
    await Promise.all([this.#connection.checkRole(), this.#writer?.checkRole()]);
  }

  send<T>(args: readonly string[], asking = false): Promise<T> {
    return sendOn(this.#connection, args, asking);
  }

  /** Runs a script. */
  run<T>(script: Script, keys: readonly string[], values: readonly string[], asking = false): Promise<T> {
    return runOn((args) => sendOn(this.#connection, args, asking), script, keys, values);
  }

  /** Runs a script whose change must not be lost. */
  write<T>(script: Script, keys: readonly string[], values: readonly string[], asking = false): Promise<T> {
    return runOn((args) => this.sendWrite<T>(args, asking), script, keys, values);
  }

  /** Sends a command whose change must not be lost. */
  sendWrite<T>(args: readonly string[], asking = false): Promise<T> {
    const { writer, replicated } = { writer: this.#writer, replicated: this.#replicated };
    if (!writer || !replicated) return this.send(args, asking);
    return replicated.run(() => sendOn<T>(writer, args, asking));
  }

  close(): void {
    this.#connection.close();
    this.#writer?.close();
  }
}

/** Sends a command. `asking` addresses a server that does not own the shard yet. */
function sendOn<T>(connection: Connection, args: readonly string[], asking: boolean): Promise<T> {
  // Both are sent in the same turn, so nothing comes in between. If this one fails, the command fails too.
  if (asking) connection.send(['ASKING']).catch(() => {});
  return connection.send<T>(args);
}

async function runOn<T>(
  send: (args: readonly string[]) => Promise<T>,
  { source, sha }: Script,
  keys: readonly string[],
  values: readonly string[],
): Promise<T> {
  const rest = [String(keys.length), ...keys, ...values];
  try {
    return await send(['EVALSHA', sha, ...rest]);
  } catch (error) {
    // The server has not loaded the script, or has dropped it: send the source.
    if (toFault(error).type !== 'noscript') throw error;
    return send(['EVAL', source, ...rest]);
  }
}
