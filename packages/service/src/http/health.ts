import { SessionsError } from '../domain/errors.ts';
import type { Clock } from '../domain/time/clock.ts';
import { faultLines } from '../observability/fault-lines.ts';
import type { Logger } from '../observability/log.ts';
import { type Endpoints, jsonContent } from './endpoints.ts';

/** How long the store may take to answer. Orchestrators wait for one second by default. */
const PING_TIMEOUT_MS = 1_000;
const NOT_CACHED = { 'cache-control': 'no-store' };
const NOT_READY = { ...NOT_CACHED, 'retry-after': '1' };

interface Readiness {
  readonly status: 'ok' | 'unavailable';
  /** What was looked at: `ok`, or what is wrong with it. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Whether requests should be sent here. */
export class Health {
  readonly #ping: () => Promise<void>;
  readonly #log: Logger;
  readonly #clock: Pick<Clock, 'problem'>;
  #isStopping = false;
  #store: Promise<string> | null = null;

  /** `ping` resolves when the store can answer. */
  constructor(ping: () => Promise<void>, log: Logger, clock: Pick<Clock, 'problem'> = {}) {
    this.#clock = clock;
    this.#ping = ping;
    this.#log = log;
  }

  /** From now on nothing more should be sent. */
  stop(): void {
    this.#isStopping = true;
  }

  async readiness(): Promise<Readiness> {
    if (this.#isStopping) return { status: 'unavailable', checks: { service: 'It is stopping.' } };
    // Everybody may ask, so that all who ask at once share an answer.
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
    const timer = setTimeout(() => late.resolve(`It did not answer within ${PING_TIMEOUT_MS} ms.`), PING_TIMEOUT_MS);
    try {
      return await Promise.race([this.#ping().then(() => 'ok'), late.promise]);
    } catch (error) {
      // Only the messages of the catalogue are known to hold no secrets.
      if (error instanceof SessionsError) return error.message;
      faultLines(this.#log).write('error', { err: error, msg: 'not ready: the store failed' });
      return 'It failed; the log says why.';
    } finally {
      clearTimeout(timer);
    }
  }
}

/** `GET /livez`: whether this process answers at all; `GET /readyz`: whether it can do its work. For everybody. */
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
