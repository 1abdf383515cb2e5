import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import { type Session, TOKENS_MAX, type Validation } from '@pip-sessions/contract/v2';
import type { Loaded, NearCache } from '@pip-sessions/near-cache';
import { afterTurn, elapsedTime } from '../transport/platform.ts';
import { SessionsProblemError } from '../v2/errors.ts';

interface Waiting {
  readonly token: string;
  readonly age_ms_max: number;
  readonly resolve: (validation: Validation) => void;
  readonly reject: (error: unknown) => void;
}

/** Loads sessions for the cache. The loads of one turn of the event loop share a request. */
export class Loads {
  readonly #client: SessionsClient;
  #waiting: Waiting[] = [];

  constructor(client: SessionsClient) {
    this.#client = client;
  }

  async load(token: string, age_ms_max: number): Promise<Loaded<Session | null>> {
    const validation = await new Promise<Validation>((resolve, reject) => {
      if (this.#waiting.length === 0) afterTurn(() => this.#send());
      this.#waiting.push({ token, age_ms_max, resolve, reject });
      if (this.#waiting.length === TOKENS_MAX) this.#send();
    });
    return toLoaded(validation);
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 1) void this.#sendMany(waiting);
    else for (const one of waiting) this.#sendOne(one);
  }

  #sendOne({ token, age_ms_max, resolve, reject }: Waiting): void {
    this.#client.validate(token, { max_age: inSeconds(age_ms_max) }).then(resolve, reject);
  }

  async #sendMany(waiting: readonly Waiting[]): Promise<void> {
    const tokens = waiting.map(({ token }) => token);
    const age_ms_max = Math.min(...waiting.map((load) => load.age_ms_max));
    try {
      const { results } = await this.#client.validateMany(tokens, { max_age: inSeconds(age_ms_max) });
      for (const [index, validation] of results.entries()) waiting[index]?.resolve(validation);
    } catch (error) {
      // One token is too long, or the sessions are too large for one response. Each load gets its own result.
      if (isRejectedList(error)) for (const one of waiting) this.#sendOne(one);
      else for (const { reject } of waiting) reject(error);
    }
  }
}

function isRejectedList(error: unknown): boolean {
  return error instanceof SessionsProblemError && error.code === 'INVALID_DATA';
}

/**
 * Returns `validateMany` of a client with a cache: it requests the tokens that are not cached. With `max_age` it requests
 * all of them, because the age of a session in the cache of its caller does not count for `max_age`.
 */
export function validateManyCached(
  client: SessionsClient,
  cache: NearCache<Session | null>,
): SessionsClient['validateMany'] {
  return async (tokens, options = {}) => {
    const isOfCache = Array.isArray(tokens) && tokens.length <= TOKENS_MAX && options.max_age === undefined;
    if (!isOfCache) return client.validateMany(tokens, options);
    const started = elapsedTime();
    const cached = tokens.map((token) => cachedValidation(cache, token));
    const missing = tokens.filter((_, index) => cached[index] === undefined);
    if (missing.length === 0 && tokens.length > 0) return { results: cached.filter((hit) => hit !== undefined) };
    const isPassive = options.touch === false;
    const limit = isPassive ? {} : { max_age: inSeconds(cache.ageMax(started)) };
    const { results } = await client.validateMany(missing, { ...options, ...limit });
    const loaded = results.map((validation, index) => {
      // Only activity extends a session, so the result of a passive validation is not cached.
      if (isPassive || !validation.active) return validation;
      const load = toLoaded(validation);
      cache.keep(missing[index] ?? '', load, started);
      return { ...validation, session: load.value ?? validation.session };
    });
    const next = loaded.values();
    return { results: cached.map((hit) => hit ?? (next.next().value as Validation)) };
  };
}

function cachedValidation(cache: NearCache<Session | null>, token: string): Validation | undefined {
  const hit = cache.peekAged(token);
  if (!hit?.value) return undefined;
  return { active: true, session: hit.value, max_age: hit.cacheable_ms / 1000, age: hit.age_ms / 1000 };
}

function inSeconds(ms: number): number {
  return Math.floor(ms) / 1000;
}

function toLoaded(validation: Validation): Loaded<Session | null> {
  if (!validation.active) return { value: null, cacheable_ms: 0, age_ms: 0, bytes: 0, revision: 0 };
  const { session, max_age, age } = validation;
  // A character takes at most two bytes.
  const bytes = 2 * JSON.stringify(session).length;
  return {
    value: deepFreeze(countingDown(session)),
    cacheable_ms: max_age * 1000,
    age_ms: age * 1000,
    bytes,
    revision: session.revision,
  };
}

/** Lets `expires_in` of a cached session count down from the time of the response. */
function countingDown(session: Session): Session {
  const { expires_in } = session;
  if (expires_in === null) return session;
  const expires_at = elapsedTime() + expires_in * 1000;
  const get = () => Math.max(0, Math.floor((expires_at - elapsedTime()) / 1000));
  return Object.defineProperty({ ...session }, 'expires_in', { enumerable: true, get });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
