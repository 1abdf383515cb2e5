import { assertObject } from '@pip-sessions/contract/arguments';
import type { RequestOptions } from '@pip-sessions/contract/request-options';
import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import { sessionIdOf } from '@pip-sessions/contract/token';
import type { Session } from '@pip-sessions/contract/v2';
import { type Loaded, NearCache, type NearCacheStats, type PublishedChange } from '@pip-sessions/near-cache';
import { withDeadline } from '../transport/deadline.ts';
import { SessionsCallError } from '../transport/errors.ts';
import { type TransportSettings, toTimeout, wholeNumber } from '../transport/options.ts';
import { elapsedTime } from '../transport/platform.ts';
import { createSessionsClient } from '../v2/client.ts';
import { type SessionsClientOptions, toClientSettings } from '../v2/request.ts';
import { ChangeStream } from './change-stream.ts';

export interface CachedSessionsClientOptions extends SessionsClientOptions {
  /** Sessions that are kept at most; default 100,000. */
  readonly cached_sessions_max?: number;
  /** About how much memory they may take; default 64 MiB. */
  readonly cached_bytes_max?: number;
  /** Hears why the change stream broke. It is opened again by itself, and until then every read asks the service. */
  readonly onStreamError?: (error: Error) => void;
}

/** A client whose `read` answers from memory while that is safe. */
export interface CachedSessionsClient<User = unknown, Data = unknown> extends SessionsClient<User, Data> {
  /**
   * As that of the plain client, but a session in use is asked for once a minute at most, and is answered from memory
   * in between. Its end is seen within milliseconds, and within 3 seconds whatever happens to the network: a cache
   * that has not been told for so long that all is well asks the service each time.
   *
   * The answer is shared and frozen.
   */
  read(credential: string, options?: RequestOptions): Promise<Session<User, Data> | null>;
  /** The same without a promise, undefined where the service has to be asked: what the middleware looks at first. */
  peek(credential: string): Session<User, Data> | null | undefined;
  cacheStats(): CacheStats;
  /** Ends the change stream, which would keep the process alive; reads ask the service from then on. */
  stop(): void;
}

export interface CacheStats extends NearCacheStats {
  /** Whether reads are answered from memory at this moment. */
  readonly fresh: boolean;
}

const SESSIONS_MAX = 100_000;
const BYTES_MAX = 67_108_864;
const AGE_MS_MAX = 60_000;

/**
 * A client of API v2 with a cache of the sessions that it has read, for services that check one with each request. Its
 * key needs the scope `validate` at least. Throws a `TypeError` that names the option when one is missing or wrong.
 *
 * @example
 * const sessions = createCachedSessionsClient({ url: 'http://localhost:8080', key: 'the key of this application' });
 * const session = await sessions.read(token); // asks the service
 * await sessions.read(token); // does not
 * sessions.stop();
 */
export function createCachedSessionsClient<User = unknown, Data = unknown>(
  options: CachedSessionsClientOptions,
): CachedSessionsClient<User, Data> {
  assertObject(options, 'options', "createCachedSessionsClient({ url: 'http://localhost:8080', key })");
  const { cached_sessions_max = SESSIONS_MAX, cached_bytes_max = BYTES_MAX, onStreamError = () => {} } = options;
  const client = createSessionsClient(options);
  const cache: NearCache<Session | null> = new NearCache(
    {
      load: (token, age_ms_max) => load(client, token, age_ms_max),
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
  const listener = {
    changed: (id: string, change: PublishedChange) => cache.changed(id, change),
    gap: () => cache.gap(),
    failed: onStreamError,
  };
  const settings = toClientSettings(options);
  const stream = new ChangeStream(settings, listener, elapsedTime);
  stream.run();
  const cached: CachedSessionsClient = {
    ...forgetting(client, cache),
    read: (credential, request) => {
      const read = cache.read(credential);
      return request === undefined ? read : bounded(read, request, settings);
    },
    peek: (credential) => cache.peek(credential),
    cacheStats: () => ({ ...cache.stats(), fresh: elapsedTime() < stream.freshUntil }),
    stop: () => stream.stop(),
  };
  return cached as CachedSessionsClient<User, Data>;
}

/** Others may wait for the same load, so the caller's bounds end the wait and not the load. */
function bounded<T>(read: Promise<T>, request: RequestOptions, settings: TransportSettings): Promise<T> {
  const { timeout_ms = settings.timeout_ms, signal } = request;
  const target = { url: settings.base, command: 'POST /v2/sessions/validate' };
  const ends = {
    timedOut: () => new SessionsCallError('TIMEOUT', target, `No answer within ${timeout_ms} ms.`),
    aborted: (cause: unknown) => new SessionsCallError('ABORTED', target, "The caller's signal ended it.", { cause }),
  };
  read.catch(() => {});
  return withDeadline(toTimeout(timeout_ms), signal, ends, () => read);
}

async function load(client: SessionsClient, token: string, age_ms_max: number): Promise<Loaded<Session | null>> {
  const validation = await client.validate(token, { max_age: Math.floor(age_ms_max) / 1000 });
  if (!validation.active) return { value: null, cacheable_ms: 0, age_ms: 0, bytes: 0, revision: 0 };
  const { session, max_age, age } = validation;
  // Two bytes a character at most.
  const bytes = 2 * JSON.stringify(session).length;
  return {
    value: deepFreeze(session),
    cacheable_ms: max_age * 1000,
    age_ms: age * 1000,
    bytes,
    revision: session.revision,
  };
}

/** What this process changes, its own reads see at once, also before the change stream tells of it. */
function forgetting(client: SessionsClient, cache: NearCache<unknown>): SessionsClient {
  const forget = async (id: string, changing: Promise<Session>): Promise<Session> => {
    try {
      const session = await changing;
      // Also of an end: the response may be of an earlier session of that id. The change stream says it for certain.
      cache.changed(id, { revision: session.revision, hasEnded: false });
      return session;
    } catch (error) {
      cache.changed(id);
      throw error;
    }
  };
  return {
    ...client,
    rotate: async (request, options) => {
      const rotated = await client.rotate(request, options);
      const { id, revision } = rotated.session;
      cache.changed(id, { revision, hasEnded: false });
      return rotated;
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
    closeMany: async (request, options) => {
      const closed = await client.closeMany(request, options);
      if (!request.dry_run) for (const id of closed.ids) cache.changed(id);
      return closed;
    },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
