import { setTimeout as delay } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import {
  type CachedSessionsClient,
  createCachedSessionsClient,
  createSessionsClient,
  type SessionsClient,
} from '@pip-sessions/client';
import { CERTIFICATE } from './proxy-kinds.ts';

const CALLERS = 3;
const PAUSE_MS = 20;
/** Reads of a session before its end. */
const READS = 10;
/** A caller that sees a session as live for longer than this after its end gives up. */
const LATE_MS_MAX = 10_000;

/** What callers with a cache got through a proxy. */
interface CachedResult {
  /** Sessions that were ended while they were read. */
  readonly ends: number;
  /** Reads that the cache served. */
  readonly hits: number;
  /** The latest begin of a read that returned a session as live, in milliseconds after the response to its end. */
  readonly live_ms_max: number;
  readonly failures: readonly string[];
}

/**
 * Callers that share a client with a cache. Each opens a session, reads it all the time, ends it, and reads it until it has
 * ended, again and again until `stop`. They repeat no request.
 */
export class CachedCallers {
  readonly #client: CachedSessionsClient;
  /** Without a cache, for the ends: the callers learn of them from the change stream only. */
  readonly #other: SessionsClient;
  readonly #callers: readonly Promise<void>[];
  readonly #failures: string[] = [];
  #ends = 0;
  #hits = 0;
  #live_ms_max = 0;
  #isStopping = false;

  constructor(url: string) {
    setDefaultCACertificates([...getCACertificates('default'), CERTIFICATE]);
    this.#client = createCachedSessionsClient({ url, retries: 0 });
    this.#other = createSessionsClient({ url, retries: 0 });
    this.#callers = Array.from({ length: CALLERS }, () => this.#call());
  }

  async stop(): Promise<CachedResult> {
    this.#isStopping = true;
    await Promise.all(this.#callers);
    this.#client.stop();
    return { ends: this.#ends, hits: this.#hits, live_ms_max: Math.round(this.#live_ms_max), failures: this.#failures };
  }

  async #call(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#session();
      } catch (error) {
        this.#failures.push(String(error));
        await delay(PAUSE_MS);
      }
    }
  }

  async #session(): Promise<void> {
    const { session, token } = await this.#client.open({ user_id: 'cached' });
    for (let count = 0; count < READS; count += 1) {
      if (!(await this.#isLive(token))) throw new Error(`the live session ${session.id} was read as ended`);
      await delay(PAUSE_MS);
    }
    await this.#other.close(session.id);
    const ended = performance.now();
    this.#ends += 1;
    for (let late_ms = 0; late_ms < LATE_MS_MAX; late_ms = performance.now() - ended) {
      if (!(await this.#isLive(token))) return;
      this.#live_ms_max = Math.max(this.#live_ms_max, late_ms);
      await delay(PAUSE_MS);
    }
  }

  async #isLive(token: string): Promise<boolean> {
    const cached = this.#client.peek(token);
    if (cached === undefined) return (await this.#client.read(token)) !== null;
    if (cached !== null) this.#hits += 1;
    return cached !== null;
  }
}
