import { assertObject } from '@pip-sessions/contract/arguments';
import type { ReadOptions, RequestOptions, ValidateOptions } from '@pip-sessions/contract/request-options';
import type { EndReason } from '@pip-sessions/contract/session-reader';
import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import { sessionIdOf } from '@pip-sessions/contract/token';
import type { CloseManyResult, Session, ValidationList } from '@pip-sessions/contract/v2';
import { FRESH_MS, NearCache, type NearCacheStats } from '@pip-sessions/near-cache';
import { LiveSessions } from '../live/live-sessions.ts';
import { endsOf, withDeadline } from '../transport/deadline.ts';
import { type TransportSettings, toTimeout, wholeNumber } from '../transport/options.ts';
import { afterTurn, elapsedTime, every } from '../transport/platform.ts';
import { createSessionsClient } from '../v2/client.ts';
import { SessionsProblemError } from '../v2/errors.ts';
import { type SessionsClientOptions, toClientSettings } from '../v2/request.ts';
import type { StreamedChange } from './change-events.ts';
import { ChangeStream } from './change-stream.ts';
import { Loads, validateManyCached } from './loads.ts';

/** How to reach a sessions service by API v2, and the bounds of the cache. Only `url` is required. */
export interface CachedSessionsClientOptions extends SessionsClientOptions {
  /** The maximum number of cached sessions; default 100,000. */
  readonly cached_sessions_max?: number;
  /** The approximate maximum size of all cached sessions in bytes; default 64 MiB. */
  readonly cached_bytes_max?: number;
  /** The maximum number of connections that are registered by `endWith`; default 100,000. */
  readonly live_connections_max?: number;
  /**
   * Called with the reason when the change stream breaks. The client opens the stream again by itself. Until then every
   * read calls the service. Also called if sessions of open connections could not be checked, and with the error of a
   * `close` that throws.
   */
  readonly onStreamError?: (error: Error) => void;
}

/**
 * A client whose `read` serves sessions from memory while that is safe. `createCachedSessionsClient` creates one.
 *
 * @example
 * import type { CachedSessionsClient } from '@pip-sessions/client';
 *
 * async function userOf(sessions: CachedSessionsClient, token: string): Promise<string | null> {
 *   const session = sessions.peek(token) ?? (await sessions.read(token));
 *   return session?.user_id ?? null;
 * }
 */
export interface CachedSessionsClient<User = unknown, Data = unknown> extends SessionsClient<User, Data> {
  /**
   * Returns the live session of a token; null if there is none or it has ended. A session in use is requested from the
   * service at most once a minute, and served from memory in between.
   *
   * The end of a session takes effect within milliseconds, and within 3 seconds whatever happens to the network: a
   * cache without a fresh watermark calls the service for each read. Rejects as `validate` does.
   *
   * A passive read (`touch: false`) is served from memory too. Otherwise it calls the service, and its result is not
   * cached: it would extend no session.
   *
   * Reads of one turn of the event loop share a request, `validateMany`.
   *
   * The session is shared between callers and frozen; `expires_in` counts down.
   */
  read(credential: string, options?: ReadOptions): Promise<Session<User, Data> | null>;
  /**
   * Returns the result of `read` without a promise, if it is in memory and still safe to use. Returns undefined if
   * `read` would have to call the service. The middleware calls it first.
   */
  peek(credential: string): Session<User, Data> | null | undefined;
  /**
   * Checks 1 to 256 tokens, as `validateMany` of every client. Sessions in memory are served as by `read`; the service is
   * requested once for the others. With `max_age`, it is requested for all.
   */
  validateMany(tokens: readonly string[], options?: ValidateOptions): Promise<ValidationList<User, Data>>;
  /**
   * Calls `close` once when a session ends, for a connection that stays open: within milliseconds, and within 3 seconds
   * whatever happens to the network. Call it in the handler that has read the session. The session may have ended since:
   * then `close` is called after one request, never before `endWith` returns.
   *
   * If it cannot be confirmed within 3 seconds that the session is live, `close` is called with the reason `unconfirmed`.
   * A fault leaves no connection open.
   *
   * Call the function that it returns when the connection closes by itself. The token of the session may be rotated. An
   * open connection does not count as activity: call `touch` for messages of the user.
   *
   * @example
   * import type { CachedSessionsClient } from '@pip-sessions/client';
   *
   * function closeWithSession(sessions: CachedSessionsClient, id: string, socket: WebSocket): void {
   *   const stop = sessions.endWith(id, (reason) => socket.close(4401, reason));
   *   socket.addEventListener('close', stop);
   * }
   */
  endWith(session: string | Pick<Session, 'id'>, close: (reason: EndReason) => void): () => void;
  /** Returns the statistics of the cache. */
  cacheStats(): CacheStats;
  /**
   * Closes the change stream, which would keep the process alive. Reads then call the service. Connections that are
   * registered by `endWith` are closed with the reason `unconfirmed`.
   */
  stop(): void;
}

/** The statistics of the cache of a client. */
export interface CacheStats extends NearCacheStats {
  /** Whether the cache may serve reads at this moment. */
  readonly fresh: boolean;
  /** The number of connections that are registered by `endWith`. */
  readonly live_connections: number;
}

const SESSIONS_MAX = 100_000;
const BYTES_MAX = 67_108_864;
const AGE_MS_MAX = 60_000;
const LIVE_CONNECTIONS_MAX = 100_000;
/** A slower check leaves too little of the bound. */
const CHECK_TIMEOUT_MS = 1_000;

/**
 * Creates a client of API v2 with a cache of the sessions that it has read, for services that check a session with each
 * request. Its key needs at least the scope `validate`. Throws a `TypeError` that names an option which is missing or
 * wrong.
 *
 * @example
 * import { createCachedSessionsClient } from '@pip-sessions/client';
 *
 * const sessions = createCachedSessionsClient({ url: 'http://localhost:8080', key: 'the key of this application' });
 * const session = await sessions.read(token); // calls the service
 * await sessions.read(token); // reads from memory
 * sessions.stop();
 */
export function createCachedSessionsClient<User = unknown, Data = unknown>(
  options: CachedSessionsClientOptions,
): CachedSessionsClient<User, Data> {
  assertObject(options, 'options', "createCachedSessionsClient({ url: 'http://localhost:8080', key })");
  const {
    cached_sessions_max = SESSIONS_MAX,
    cached_bytes_max = BYTES_MAX,
    live_connections_max = LIVE_CONNECTIONS_MAX,
    onStreamError = () => {},
    ...clientOptions
  } = options;
  const client = createSessionsClient(clientOptions);
  const loads = new Loads(client);
  const cache: NearCache<Session | null> = new NearCache(
    {
      load: (token, age_ms_max) => loads.load(token, age_ms_max),
      idOf: sessionIdOf,
      freshUntil: () => stream.freshUntil,
      now: elapsedTime,
      ended: Promise.resolve(null),
    },
    {
      entries_max: wholeNumber('cached_sessions_max', cached_sessions_max, 1, Number.MAX_SAFE_INTEGER),
      bytes_max: wholeNumber('cached_bytes_max', cached_bytes_max, 1, Number.MAX_SAFE_INTEGER),
      age_ms_max: AGE_MS_MAX,
    },
  );
  const settings = toClientSettings(clientOptions);
  const live = new LiveSessions(
    {
      check: async (ids) => (await client.check(ids, { timeout_ms: CHECK_TIMEOUT_MS })).results,
      completeUntil: () => stream.freshUntil - FRESH_MS,
      failed: (error) => onStreamError(error instanceof Error ? error : new Error(String(error))),
      ...{ now: elapsedTime, random: settings.random, every, afterTurn },
    },
    wholeNumber('live_connections_max', live_connections_max, 1, Number.MAX_SAFE_INTEGER),
  );
  const listener = {
    changed: (id: string, change: StreamedChange) => {
      cache.changed(id, change);
      live.changed(id, change);
    },
    gap: () => {
      cache.gap();
      live.gap();
    },
    failed: onStreamError,
  };
  const stream = new ChangeStream(settings, listener, elapsedTime);
  stream.run();
  const cached: CachedSessionsClient = {
    ...forgetting(client, cache),
    read: (credential, request) => {
      if (request?.touch === false) return passiveRead(client, cache, credential, request);
      const read = cache.read(credential);
      return request === undefined ? read : bounded(read, request, settings);
    },
    peek: (credential) => cache.peek(credential),
    validateMany: validateManyCached(client, cache),
    endWith: (session, close) => live.endWith(typeof session === 'string' ? session : session.id, close),
    cacheStats: () => ({
      ...cache.stats(),
      fresh: elapsedTime() < stream.freshUntil,
      live_connections: live.size,
    }),
    stop: () => {
      stream.stop();
      live.stop();
    },
  };
  return cached as CachedSessionsClient<User, Data>;
}

/** Serves what an active read has cached, and caches nothing itself: only activity extends a session. */
async function passiveRead(
  client: SessionsClient,
  cache: NearCache<Session | null>,
  token: string,
  options: ReadOptions,
): Promise<Session | null> {
  const cached = cache.peek(token);
  return cached === undefined ? client.read(token, options) : cached;
}

/** Other callers may wait for the same load: a timeout or a signal of this caller ends its wait, not the load. */
function bounded<T>(read: Promise<T>, request: RequestOptions, settings: TransportSettings): Promise<T> {
  const { timeout_ms = settings.timeout_ms, signal } = request;
  const target = { url: settings.base, command: 'POST /v2/sessions/validate' };
  read.catch(() => {});
  return withDeadline(toTimeout(timeout_ms), signal, endsOf(target, timeout_ms), () => read);
}

/** Changes of this process take effect in its own reads at once, before the change stream publishes them. */
function forgetting(client: SessionsClient, cache: NearCache<unknown>): SessionsClient {
  const forget = async (id: string, changing: Promise<Session>): Promise<Session> => {
    try {
      const session = await changing;
      // Also for an ended session: the response may show an earlier session of this id. Only the change stream is
      // certain.
      cache.changed(id, { revision: session.revision, hasEnded: false });
      return session;
    } catch (error) {
      cache.changed(id);
      throw error;
    }
  };
  const forgetAll = async (closing: Promise<CloseManyResult>): Promise<CloseManyResult> => {
    try {
      const closed = await closing;
      for (const id of closed.ids) cache.changed(id);
      return closed;
    } catch (error) {
      // The service may have closed sessions, and the response would have named them.
      if (!isRejected(error)) cache.gap();
      throw error;
    }
  };
  return {
    ...client,
    rotate: async (request, options) => {
      const rotating = client.rotate(request, options);
      await forget(
        sessionIdOf(request.token),
        rotating.then(({ session }) => session),
      );
      return rotating;
    },
    update: (id, changes, options) => forget(id, client.update(id, changes, options)),
    replaceData: (id, value, options) => forget(id, client.replaceData(id, value, options)),
    replaceUser: (id, value, options) => forget(id, client.replaceUser(id, value, options)),
    patchData: (id, value, options) => forget(id, client.patchData(id, value, options)),
    close: (id, options) => forget(id, client.close(id, options)),
    remove: async (id, options) => {
      try {
        return await client.remove(id, options);
      } finally {
        cache.changed(id);
      }
    },
    eraseUser: async (user_id, options) => {
      try {
        return await client.eraseUser(user_id, options);
      } finally {
        // The response does not name the sessions.
        cache.gap();
      }
    },
    closeMany: (request, options) => {
      const closing = client.closeMany(request, options);
      return request?.dry_run ? closing : forgetAll(closing);
    },
    closeOwn: (request, options) => forgetAll(client.closeOwn(request, options)),
  };
}

/** Whether the service has rejected a request, so that it has changed nothing. */
function isRejected(error: unknown): boolean {
  return error instanceof SessionsProblemError && error.response_status < 500;
}
