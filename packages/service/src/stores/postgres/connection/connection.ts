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

/** How old may be what is known of the server's role. */
const ROLE_AGE_MS_MAX = 1_000;
/** A pooler would lend the connection to the standby to the next one who comes: this ends it there too. */
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
 * One connection. Statements that are sent without waiting for each other run in their order, each answered by itself.
 * Its socket is ours, so that it can be ended whatever state it is in: a connection that did not answer in time may
 * still answer later, to whoever would ask next.
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

  /** Rejects when it cannot be made, or the deadline is over. */
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

  /** False also within a transaction, for none may be left open. */
  get isIdle(): boolean {
    return !this.#isLost && this.#client.getTransactionStatus() === 'I';
  }

  /** Of the server's process for this connection; a pooler in between has numbers of its own, so the server is asked. */
  get process_id(): number {
    return this.#process_id;
  }

  /** Of the server, when it was last asked; never `standby`, for then the connection is ended. */
  get role(): Role {
    return this.#place.role;
  }

  get server(): string {
    return this.#place.server;
  }

  /** Whether the server is not being asked for its role, and was not lately. */
  get isCheckDue(): boolean {
    return !this.#isLost && !this.#isAsking && monotonicTime() - this.#roleAt >= ROLE_AGE_MS_MAX;
  }

  /**
   * Asks the server for its role if that is due; to be called outside of a transaction. Ends the connection where the server is
   * no primary that takes writes: another connection may lead to one. Resolves with whether it is left as it was.
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

  /** A pooler gives its clients numbers of its own. */
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
 * The server gives up after the same time as we do, so that a node which is cut off holds no lock for longer. Plans
 * are made while a table is small, and kept while it grows: they are kept from reading all of it. Compiling a plan
 * takes longer than what it would save. They are set by a statement: a pooler refuses or drops what comes with the start.
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
