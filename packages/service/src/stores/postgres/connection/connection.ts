import { Socket } from 'node:net';
import { Client, type ClientConfig, type QueryArrayConfig } from 'pg';
import { monotonicTime } from '../../../domain/time/clock.ts';
import type { PostgresStoreConfig } from '../config.ts';
import { textArray } from '../data/arrays.ts';
import type { Deadline } from './deadline.ts';
import { NotPrimary, PLACE_COLUMNS, type Place, placeFrom, type Role } from './role.ts';

export type Value = string | number | boolean | null;
export type Row = readonly Value[];

export interface Statement {
  /**
   * The name of the prepared statement, prepared once per connection. Without a name, PostgreSQL plans the statement
   * for its values each time.
   */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly Value[];
}

export interface Notification {
  readonly channel: string;
  readonly payload: string;
  /** The id of the server process that sent it, as reported by the server. */
  readonly process_id: number;
}

/** How long a role of the server counts as current. */
const ROLE_AGE_MS_MAX = 1_000;
/** Ends the connection between a pooler and a standby: the pooler would lend it to the next client. */
const END_IN_SERVER: Statement = { text: 'SELECT pg_terminate_backend(pg_backend_pid())' };

const SET = 'SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS s (name, value)';
const ASK_ROLE = `SELECT pg_backend_pid(), ${PLACE_COLUMNS}`;

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
 * One connection to PostgreSQL. Statements may be sent without waiting for each other; they run in order, each with its
 * own result. The connection owns its socket, so that it can be destroyed in any state. A connection that did not
 * respond in time is not used again: the late response would reach the next call.
 */
export class Connection {
  readonly #client: Client;
  readonly #socket: Socket;
  #process_id = 0;
  #place: Place = { server: '', role: 'primary' };
  #roleAt = Number.NEGATIVE_INFINITY;
  #isAsking = false;
  #isLost = false;
  #onLost: (() => void) | null = null;

  /** Rejects if the connection fails or the deadline is over. */
  static async open(config: PostgresStoreConfig, timeout_ms: number, deadline: Deadline): Promise<Connection> {
    const connection = new Connection(config);
    await connection.#connect(deadline, sessionSettings(config, timeout_ms));
    return connection;
  }

  private constructor(config: PostgresStoreConfig) {
    this.#socket = new Socket();
    this.#client = new Client({
      ...config.server,
      application_name: 'pip-sessions',
      stream: () => this.#socket,
      keepAlive: true,
      pipeline: true,
      types,
    });
    this.#client.on('error', () => this.destroy());
    this.#client.on('end', () => this.destroy());
  }

  /** False inside a transaction too: an idle connection must not have one open. */
  get isIdle(): boolean {
    return !this.#isLost && this.#client.getTransactionStatus() === 'I';
  }

  /**
   * The id of the server process of this connection. It is queried from the server, because a pooler reports ids of its
   * own.
   */
  get process_id(): number {
    return this.#process_id;
  }

  /** The role of the server at the last check. Never `standby`: such a connection is ended. */
  get role(): Role {
    return this.#place.role;
  }

  get server(): string {
    return this.#place.server;
  }

  /** True if no check of the server's role is running, and the last one is too old. */
  get isCheckDue(): boolean {
    return !this.#isLost && !this.#isAsking && monotonicTime() - this.#roleAt >= ROLE_AGE_MS_MAX;
  }

  /**
   * Queries the server's role if that is due. Call it outside of a transaction. Ends the connection unless the server
   * is a primary that takes writes: another connection may lead to one. Resolves to false if it ended the connection.
   */
  async checkRole(): Promise<boolean> {
    if (!this.isCheckDue) return true;
    try {
      await this.#askRole();
      if (this.role === 'primary') return true;
    } catch (error) {
      if (!(error instanceof NotPrimary)) return true;
    }
    this.destroy();
    return false;
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

  /** Rejects all statements in flight. */
  destroy(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#socket.destroy();
    this.#onLost?.();
  }

  /** Closes the connection in an orderly way. Call it when no statement is in flight. */
  async end(deadline: Deadline): Promise<void> {
    const forget = deadline.onEnd(() => this.destroy());
    await this.#client.end();
    forget();
  }

  async #connect(deadline: Deadline, settings: Readonly<Record<string, string>>): Promise<void> {
    const forget = deadline.onEnd(() => this.destroy());
    try {
      await this.#client.connect();
      const values = [textArray(Object.keys(settings)), textArray(Object.values(settings))];
      await Promise.all([this.query({ text: SET, values }), this.#askRole()]);
    } catch (error) {
      this.destroy();
      throw error;
    } finally {
      forget();
    }
  }

  /** A pooler reports ids of its own to its clients. */
  #isPooled(): boolean {
    return (this.#client as Client & { processID: number | null }).processID !== this.#process_id;
  }

  async #askRole(): Promise<void> {
    this.#roleAt = monotonicTime();
    this.#isAsking = true;
    const asked = this.query({ name: 'role', text: ASK_ROLE }).finally(() => {
      this.#isAsking = false;
    });
    const [[process_id, ...place] = []] = await asked;
    this.#process_id = Number(process_id);
    this.#place = placeFrom(place);
    if (this.role !== 'standby') return;
    if (this.#isPooled()) await this.query(END_IN_SERVER).catch(() => {});
    throw new NotPrimary('standby');
  }
}

/**
 * The settings of a session. The timeouts of the server equal those of this service, so that a node that is cut off
 * holds no lock for longer. Plans are made while a table is small and are reused while it grows, so they must not scan
 * the whole table. `jit` is off, because compiling a plan takes longer than it would save. The settings are sent as a
 * statement: poolers reject or drop settings in the start-up message.
 */
function sessionSettings({ schema }: PostgresStoreConfig, timeout_ms: number): Readonly<Record<string, string>> {
  return {
    search_path: schema,
    jit: 'off',
    enable_seqscan: 'off',
    enable_hashjoin: 'off',
    enable_mergejoin: 'off',
    default_transaction_isolation: 'read committed',
    client_min_messages: 'error',
    statement_timeout: String(timeout_ms),
    lock_timeout: String(timeout_ms),
    idle_in_transaction_session_timeout: String(timeout_ms),
  };
}
