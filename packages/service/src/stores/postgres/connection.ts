import { Socket } from 'node:net';
import { Client, type ClientConfig, type QueryArrayConfig } from 'pg';
import type { PostgresStoreConfig } from './config.ts';
import type { Deadline } from './deadline.ts';

export type Value = string | number | boolean | null;
export type Row = readonly Value[];

export interface Statement {
  /** Prepared once a connection under this name; without one it is planned each time, for its values. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly Value[];
}

export interface Notification {
  readonly channel: string;
  readonly payload: string;
  /** Of the server's process that has sent it, as the server says. */
  readonly process_id: number;
}

const INT8 = 20;
const INT4 = 23;
const BOOL = 16;

const types: NonNullable<ClientConfig['types']> = {
  getTypeParser(oid: number) {
    // Times and counts are far below 2^53.
    if (oid === INT8 || oid === INT4) return Number;
    if (oid === BOOL) return (text: string) => text === 't';
    return (text: string) => text;
  },
};

/**
 * One connection. Statements that are sent without waiting for each other run in their order, each answered by itself.
 * Its socket is ours, so that it can be ended whatever state it is in: a connection that did not answer in time may
 * still answer later, to whoever would ask next.
 */
export class Connection {
  readonly #client: Client;
  readonly #socket: Socket;
  #process_id = 0;
  #isLost = false;
  #onLost: (() => void) | null = null;

  /** Rejects when it cannot be made, or the deadline is over. */
  static async open(config: PostgresStoreConfig, timeout_ms: number, deadline: Deadline): Promise<Connection> {
    const connection = new Connection(config, timeout_ms);
    await connection.#connect(deadline);
    return connection;
  }

  private constructor(config: PostgresStoreConfig, timeout_ms: number) {
    this.#socket = new Socket();
    this.#client = new Client({
      ...config.server,
      ...sessionSettings(config, timeout_ms),
      stream: () => this.#socket,
      keepAlive: true,
      pipeline: true,
      types,
    });
    this.#client.on('error', () => this.destroy());
    this.#client.on('end', () => this.destroy());
  }

  /** False also within a transaction, for none may be left open. */
  get isIdle(): boolean {
    return !this.#isLost && this.#client.getTransactionStatus() === 'I';
  }

  /** Of the server's process for this connection; a pooler in between has numbers of its own, so the server is asked. */
  get process_id(): number {
    return this.#process_id;
  }

  async query(statement: Statement): Promise<Row[]> {
    const config = { ...statement, rowMode: 'array' } as QueryArrayConfig;
    const { rows } = await this.#client.query(config);
    return rows as Row[];
  }

  onLost(callback: () => void): void {
    if (this.#isLost) callback();
    else this.#onLost = callback;
  }

  onNotification(callback: (notification: Notification) => void): void {
    this.#client.on('notification', ({ channel, payload = '', processId }) =>
      callback({ channel, payload, process_id: processId }),
    );
  }

  /** Rejects all that waits for an answer. */
  destroy(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#socket.destroy();
    this.#onLost?.();
  }

  /** Says farewell; to be called when nothing waits for an answer. */
  async end(deadline: Deadline): Promise<void> {
    const forget = deadline.onEnd(() => this.destroy());
    await this.#client.end();
    forget();
  }

  async #connect(deadline: Deadline): Promise<void> {
    const forget = deadline.onEnd(() => this.destroy());
    try {
      await this.#client.connect();
      const [row] = await this.query({ text: 'SELECT pg_backend_pid()' });
      this.#process_id = Number(row?.[0]);
    } catch (error) {
      this.destroy();
      throw error;
    } finally {
      forget();
    }
  }
}

/**
 * The server gives up after the same time as we do, so that a node which is cut off holds no lock for longer. Plans
 * are made while a table is small, and kept while it grows: they are kept from reading all of it. Compiling a plan
 * takes longer than what it would save.
 */
function sessionSettings({ schema }: PostgresStoreConfig, timeout_ms: number): ClientConfig {
  const settings = {
    search_path: schema,
    jit: 'off',
    enable_seqscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    default_transaction_isolation: 'read\\ committed',
    client_min_messages: 'error',
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return {
    application_name: 'pip-sessions',
    statement_timeout: timeout_ms,
    lock_timeout: timeout_ms,
    idle_in_transaction_session_timeout: timeout_ms,
    options: options.join(' '),
  };
}
