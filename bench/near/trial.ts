import { setTimeout as delay } from 'node:timers/promises';
import {
  type CachedSessionsClient,
  createCachedSessionsClient,
  createSessionsClient,
  type SessionsClient,
} from '@pip-sessions/client';

const READ_EVERY_MS = 2;
const TIMEOUT_MS = 3_000;
const READY_WITHIN_MS = 30_000;
/**
 * A new session is read only after its open was published. A caller does not cache a value that the node read before the
 * caller received the change, and the node reads the store again only after a minute.
 */
const TOLD_WITHIN_MS = 500;
const CLOSED_WITHIN_MS = 20_000;

/** Observations of one session that ends during a fault. Moments are values of `performance.now()`. */
export interface Seen {
  /** When the successful close was requested. */
  closed: number;
  /** When the cache last served the session as live, and when a request was sent to which the node last responded so. */
  memory: number;
  node: number;
}

/** One session and two callers that read it continuously: one with a cache, one that calls the node each time. */
export class Trial {
  readonly #closer: SessionsClient;
  readonly #cached: CachedSessionsClient;
  readonly #plain: SessionsClient;
  readonly #id: string;
  readonly #token: string;
  readonly #stopped = new AbortController();
  readonly seen: Seen = { closed: Number.POSITIVE_INFINITY, memory: 0, node: 0 };

  /** Opens a session, and resolves when the caller's cache serves it. */
  static async start(closer: string, asked: string): Promise<Trial> {
    const node = createSessionsClient({ url: closer });
    const cached = createCachedSessionsClient({ url: asked, retries: 0, timeout_ms: TIMEOUT_MS });
    const end = AbortSignal.timeout(READY_WITHIN_MS);
    const until = async (isSo: () => boolean) => {
      for (; !isSo(); await delay(READ_EVERY_MS)) {
        if (end.aborted) throw new Error(`the cache did not serve a live session within ${READY_WITHIN_MS} ms`);
      }
    };
    await until(() => cached.cacheStats().fresh);
    const { session, token } = await node.open({ user_id: 'user' });
    await delay(TOLD_WITHIN_MS);
    const trial = new Trial(node, asked, cached, session.id, token);
    await until(() => trial.seen.memory > 0 && trial.seen.node > 0);
    return trial;
  }

  private constructor(closer: SessionsClient, url: string, cached: CachedSessionsClient, id: string, token: string) {
    this.#closer = closer;
    this.#cached = cached;
    this.#plain = createSessionsClient({ url, retries: 0, timeout_ms: TIMEOUT_MS });
    this.#id = id;
    this.#token = token;
    void this.#readCached();
    void this.#readPlain();
  }

  /** Ends the session. Tries again while the fault prevents writes. */
  async close(): Promise<void> {
    const end = AbortSignal.timeout(CLOSED_WITHIN_MS);
    for (;;) {
      const asked = performance.now();
      try {
        await this.#closer.close(this.#id);
        this.seen.closed = asked;
        return;
      } catch (error) {
        if (end.aborted) throw error;
      }
    }
  }

  /** Whether the caller serves live sessions from the cache again within the time. */
  async isWell(within_ms: number): Promise<boolean> {
    const end = AbortSignal.timeout(within_ms);
    while (!this.#cached.cacheStats().fresh) {
      if (end.aborted) return false;
      await delay(READ_EVERY_MS);
    }
    const [cached, plain] = await Promise.all([this.#cached.read(this.#token), this.#plain.read(this.#token)]);
    return cached === null && plain === null;
  }

  stop(): void {
    this.#stopped.abort();
    this.#cached.stop();
  }

  async #readCached(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const asked = performance.now();
      const { hits } = this.#cached.cacheStats();
      const read = this.#cached.read(this.#token);
      const from = this.#cached.cacheStats().hits > hits ? 'memory' : 'node';
      // Not awaited: a read that waits for an unavailable service must not delay reads from the cache.
      read.then(
        (session) => this.#note(session !== null, from, asked),
        () => {},
      );
      await delay(READ_EVERY_MS);
    }
  }

  async #readPlain(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const asked = performance.now();
      const session = await this.#plain.read(this.#token).catch(() => null);
      this.#note(session !== null, 'node', asked);
      await delay(READ_EVERY_MS);
    }
  }

  #note(isLive: boolean, from: 'memory' | 'node', asked: number): void {
    if (isLive) this.seen[from] = Math.max(this.seen[from], asked);
  }
}
