import { SessionsError } from '../../domain/errors.ts';
import type { Clock } from '../../domain/time/clock.ts';
import { faultLines } from '../../observability/fault-lines.ts';
import type { Logger } from '../../observability/log.ts';
import { type Endpoints, jsonContent } from './endpoints.ts';

/** Timeout of the store. Orchestrators wait for one second by default. */
const PING_TIMEOUT_MS = 1_000;
const NOT_CACHED = { 'cache-control': 'no-store' };
const NOT_READY = { ...NOT_CACHED, 'retry-after': '1' };

interface Readiness {
  readonly status: 'ok' | 'unavailable';
  /** The result of each check: `ok`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Determines whether requests should be sent to this node. */
export class Health {
  readonly #ping: () => Promise<void>;
  readonly #log: Logger;
  readonly #clock: Pick<Clock, 'problem'>;
  #isStopping = false;
  #store: Promise<string> | null = null;

  /** `ping` resolves if the store can be read and written. */
  constructor(ping: () => Promise<void>, log: Logger, clock: Pick<Clock, 'problem'> = {}) {
    this.#clock = clock;
    this.#ping = ping;
    this.#log = log;
  }

  /** From now on the node is not ready. */
  stop(): void {
    this.#isStopping = true;
  }

  async readiness(): Promise<Readiness> {
    if (this.#isStopping) return { status: 'unavailable', checks: { service: 'The service is stopping.' } };
    // Every caller may request this, so concurrent requests share one check.
    this.#store ??= this.#checkStore().finally(() => {
      this.#store = null;
    });
    const store = await this.#store;
    const clock = this.#clock.problem?.() ?? null;
    if (clock !== null) return { status: 'unavailable', checks: { store, clock } };
    return { status: store === 'ok' ? 'ok' : 'unavailable', checks: { store } };
  }

  async #checkStore(): Promise<string> {
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(
      () => late.resolve(`The store did not respond within ${PING_TIMEOUT_MS} ms.`),
      PING_TIMEOUT_MS,
    );
    try {
      return await Promise.race([this.#ping().then(() => 'ok'), late.promise]);
    } catch (error) {
      // Only the messages of `SessionsError` are known to contain no secrets.
      if (error instanceof SessionsError) return error.message;
      faultLines(this.#log).write('error', { err: error, msg: 'not ready: the store failed' });
      return 'The store failed. The reason is in the log.';
    } finally {
      clearTimeout(timer);
    }
  }
}

/** `GET /livez`: whether this process responds. `GET /readyz`: whether it can process requests. Both require no key. */
export function healthEndpoints(health: Health): Endpoints {
  const alive = jsonContent('{"status":"ok"}', NOT_CACHED);
  return {
    '/livez': () => alive,
    '/readyz': async () => {
      const readiness = await health.readiness();
      const text = JSON.stringify(readiness);
      return readiness.status === 'ok' ? jsonContent(text, NOT_CACHED) : jsonContent(text, NOT_READY, 503);
    },
  };
}
