import type { Address, RedisStoreConfig } from '../config.ts';
import { ReplicatedWrites } from '../data/replicated-writes.ts';
import type { Script } from '../data/scripts/script.ts';
import { Connection, type ConnectionListener, type ConnectionOptions, textOf } from './connection.ts';
import { toFault } from './fault.ts';

/** One server that has sessions: its connection, and another for writes where these wait for replicas. */
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

  /** What the server says that refuses a connection; null for none that was refused. */
  get problem(): string | null {
    return this.#connection.problem ?? this.#writer?.problem ?? null;
  }

  /** Resolves when the server can be asked, which may be never: whoever calls bounds the wait. */
  up(): Promise<void> {
    return this.isUp ? Promise.resolve() : this.#rising.promise;
  }

  /** Resolves when both connections lead to a primary, from which all came that was answered before. */
  async checkRole(): Promise<void> {
    await Promise.all([this.#connection.checkRole(), this.#writer?.checkRole()]);
  }

  send<T>(args: readonly string[], asking = false): Promise<T> {
    return sendOn(this.#connection, args, asking);
  }

  /** Runs a script on the keys. */
  run<T>(script: Script, keys: readonly string[], values: readonly string[], asking = false): Promise<T> {
    return runOn((args) => sendOn(this.#connection, args, asking), script, keys, values);
  }

  /** The same for one that changes what must not be lost. */
  write<T>(script: Script, keys: readonly string[], values: readonly string[], asking = false): Promise<T> {
    return runOn((args) => this.sendWrite<T>(args, asking), script, keys, values);
  }

  /** Sends a command that must not be lost. */
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

/** What a server is asked that another has not yet handed over to it. */
function sendOn<T>(connection: Connection, args: readonly string[], asking: boolean): Promise<T> {
  // Both are sent in one turn, so nothing comes between them; when this fails, the other does too.
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
    // A server that has not seen the script, or has forgotten it: the source teaches it.
    if (toFault(error).type !== 'noscript') throw error;
    return send(['EVAL', source, ...rest]);
  }
}
