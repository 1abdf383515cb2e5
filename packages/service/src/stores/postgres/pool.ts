import type { SessionsError } from '../../domain/errors.ts';
import type { PostgresStoreConfig } from './config.ts';
import { Connection } from './connection.ts';
import type { Deadline } from './deadline.ts';
import { isOfConnection, toSessionsError } from './faults.ts';

/** After a failed attempt to connect; doubled up to the maximum, which is about how late a return is noticed. */
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 500;

/**
 * Connections, made when there is none idle. How many there are is bounded by who asks for them: each kind of call has
 * a share of its own (`PostgresStoreConfig`), so that slow ones cannot take all.
 *
 * When one cannot be made, calls are refused at once until it is time for the next attempt, which one call makes.
 */
export class Pool {
  readonly #config: PostgresStoreConfig;
  readonly #idle: Connection[] = [];
  #backoff_ms = 0;
  #problem: SessionsError | null = null;
  #isBackingOff = false;
  #isProbing = false;
  #isClosed = false;

  constructor(config: PostgresStoreConfig) {
    this.#config = config;
  }

  /** Lends a connection, which is ended when the deadline is over. Rejects with `STORE_UNAVAILABLE`. */
  async use<T>(deadline: Deadline, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#takeIdle() ?? (await this.#connect(deadline));
    const forget = deadline.onEnd(() => connection.destroy());
    try {
      return await work(connection);
    } catch (error) {
      if (isOfConnection(error)) connection.destroy();
      throw toSessionsError(error, deadline);
    } finally {
      forget();
      this.#giveBack(connection);
    }
  }

  /** To be called when no connection is lent. */
  async close(deadline: Deadline): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#idle.splice(0).map((connection) => connection.end(deadline)));
  }

  #takeIdle(): Connection | null {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (connection.isIdle) return connection;
    }
    return null;
  }

  #giveBack(connection: Connection): void {
    if (connection.isIdle && !this.#isClosed) this.#idle.push(connection);
    else connection.destroy();
  }

  async #connect(deadline: Deadline): Promise<Connection> {
    if (this.#problem && (this.#isBackingOff || this.#isProbing)) throw this.#problem;
    this.#isProbing = this.#problem !== null;
    try {
      const connection = await Connection.open(this.#config, this.#config.call_timeout_ms, deadline);
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

  #backOff(): void {
    if (this.#isBackingOff) return;
    this.#backoff_ms = Math.min(BACKOFF_MS_MAX, Math.max(BACKOFF_MS_MIN, 2 * this.#backoff_ms));
    this.#isBackingOff = true;
    setTimeout(() => {
      this.#isBackingOff = false;
    }, this.#backoff_ms).unref();
  }
}
