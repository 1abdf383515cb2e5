import type { SessionsError } from '../../../domain/errors.ts';
import type { StoreFigures } from '../../../domain/figures/store-figures.ts';
import type { PostgresStoreConfig } from '../config.ts';
import { Connection } from './connection.ts';
import { Deadline } from './deadline.ts';
import { isOfConnection, isReadOnly, readOnlyFault, toSessionsError, writeFaultOf } from './faults.ts';

/**
 * Pause after a failed attempt to connect, doubled up to the maximum. A recovered server is noticed about that late.
 */
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 500;

/** How often the role of the server is checked for each connection: while it is idle, and when it is returned. */
const ROLE_INTERVAL_MS = 1_000;

export interface PoolListener {
  /** A connection was ended because its server is no longer a primary, or takes no writes. */
  readonly left: () => void;
  /** New connections lead to another server than those before. */
  readonly moved: (server: string) => void;
  /** A statement failed for a reason that makes all writes impossible. */
  readonly writeFailed: (reason: string) => void;
}

/**
 * Opens connections when none is idle. The callers bound their number: each kind of call has its own share
 * (`PostgresStoreConfig`), so that slow calls cannot take all of them.
 *
 * After a failed attempt to connect, calls are rejected at once until the next attempt is due. One call makes that
 * attempt.
 *
 * The pool uses primaries only, and only one server. If a new connection leads to another server, the others are ended.
 * Connections that ended because of their server may have read old data.
 */
export class Pool {
  readonly #config: PostgresStoreConfig;
  readonly #idle: Connection[] = [];
  /** The number of lent connections. */
  #used = 0;
  #backoff_ms = 0;
  #problem: SessionsError | null = null;
  #isBackingOff = false;
  #isProbing = false;
  #isClosed = false;
  /** The server that the newest connection leads to. */
  #server: string | null = null;
  readonly #listener: PoolListener;
  readonly #watch: NodeJS.Timeout;

  constructor(config: PostgresStoreConfig, listener: PoolListener) {
    this.#config = config;
    this.#listener = listener;
    this.#watch = setInterval(() => this.#checkRoles(), ROLE_INTERVAL_MS).unref();
  }

  /** Lends a connection, and ends it if the deadline is over. Rejects with `STORE_UNAVAILABLE`. */
  async use<T>(deadline: Deadline, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#takeIdle() ?? (await this.#connect(deadline));
    this.#used += 1;
    const forget = deadline.onEnd(() => connection.destroy());
    try {
      return await work(connection);
    } catch (error) {
      if (isOfConnection(error)) connection.destroy();
      if (isReadOnly(error)) this.#listener.left();
      const fault = writeFaultOf(error);
      if (fault !== null) this.#listener.writeFailed(fault);
      throw toSessionsError(error, deadline);
    } finally {
      forget();
      this.#used -= 1;
      this.#giveBack(connection);
    }
  }

  /** The number of connections that are lent, and of those that are not. */
  get connections(): NonNullable<StoreFigures['connections']> {
    return { used: this.#used, idle: this.#idle.length };
  }

  /** From now on, all connections must lead to this server. */
  follow(server: string): void {
    const before = this.#server;
    this.#server = server;
    if (before === null || before === server) return;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    this.#listener.moved(server);
  }

  /** Call it when no connection is lent. */
  async close(deadline: Deadline): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#watch);
    await Promise.all(this.#idle.splice(0).map((connection) => connection.end(deadline)));
  }

  #takeIdle(): Connection | null {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (connection.isIdle) return connection;
    }
    return null;
  }

  #giveBack(connection: Connection): void {
    if (!connection.isIdle || this.#isClosed || connection.server !== this.#server) {
      connection.destroy();
      return;
    }
    this.#idle.push(connection);
    void this.#checkRole(connection);
  }

  #checkRoles(): void {
    for (const connection of this.#idle) void this.#checkRole(connection);
  }

  /**
   * The connection may be lent during the check: the server handles later statements after it. If the server does not
   * respond in time, the connection is ended before a call has to wait for it.
   */
  async #checkRole(connection: Connection): Promise<void> {
    if (!connection.isCheckDue) return;
    const deadline = new Deadline(this.#config.call_timeout_ms);
    deadline.onEnd(() => connection.destroy());
    const isPrimary = await connection.checkRole();
    deadline.cancel();
    if (isPrimary) return;
    this.#listener.left();
    this.#noteRole(connection);
  }

  async #connect(deadline: Deadline): Promise<Connection> {
    if (this.#problem && (this.#isBackingOff || this.#isProbing)) throw this.#problem;
    this.#isProbing = this.#problem !== null;
    try {
      const connection = await Connection.open(this.#config, this.#config.call_timeout_ms, deadline);
      this.follow(connection.server);
      this.#noteRole(connection);
      this.#problem = null;
      this.#backoff_ms = 0;
      return connection;
    } catch (error) {
      this.#problem = toSessionsError(error, deadline);
      this.#backOff();
      throw this.#problem;
    } finally {
      this.#isProbing = false;
    }
  }

  #noteRole({ role }: Connection): void {
    if (role === 'read-only') this.#listener.writeFailed(readOnlyFault());
  }

  #backOff(): void {
    if (this.#isBackingOff) return;
    this.#backoff_ms = Math.min(BACKOFF_MS_MAX, Math.max(BACKOFF_MS_MIN, 2 * this.#backoff_ms));
    this.#isBackingOff = true;
    setTimeout(() => {
      this.#isBackingOff = false;
    }, this.#backoff_ms).unref();
  }
}
