import { assertKnownOptions } from '@pip-sessions/contract/arguments';
import { random, UNCACHED } from './platform.ts';
import type { ClientTracing } from './tracing.ts';

/** How to reach a sessions service, by either API. Only `url` is required. */
export interface TransportOptions {
  /** The address of the service, such as `https://sessions.internal:8080`; with a path if a gateway adds one. */
  readonly url: string;
  /** The timeout of a call with all its attempts and the waits between them, in milliseconds; default 10,000. */
  readonly timeout_ms?: number;
  /** The maximum number of repetitions of a request that is safe to repeat; default 3, at most `RETRIES_MAX`. */
  readonly retries?: number;
  /** Headers of every request, such as `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The maximum size of a response in bytes; default 16 MiB, far above a page of 100 or one session with its data. */
  readonly response_bytes_max?: number;
  /** Records the calls, such as `openTelemetry()` of `@pip-sessions/client/opentelemetry`. Default: no traces. */
  readonly tracing?: ClientTracing | undefined;
  /** Replaces the platform's `fetch`, for another HTTP stack, a proxy or a test. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Replaces the timer between attempts, for tests. It may resolve early when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /**
   * Replaces the platform's random numbers for the jitter between attempts, for tests. Returns a number from 0 to 1.
   */
  readonly random?: () => number;
}

/** How to reach a sessions service by API v1. Only `url` is required. */
export interface CallOptions extends TransportOptions {
  /** The path of the commands below `url`; default `v1/sessions`. */
  readonly base_route?: string;
  /**
   * Where the correlation id is sent: in the query parameter `correlation_id` (default), in the header
   * `correlation_id`, or in both. Some proxies drop headers with an underscore.
   */
  readonly correlation_id?: CorrelationIdPlace;
}

/** The values of the option `correlation_id`. */
export type CorrelationIdPlace = 'query' | 'headers' | 'both';

/** Options with their defaults, checked once. */
export interface TransportSettings extends Required<Omit<TransportOptions, 'url' | 'tracing'>> {
  readonly tracing: ClientTracing | null;
  /** `url` and the route below it, without a slash at the end. */
  readonly base: string;
}

export interface CallSettings extends TransportSettings {
  readonly in_query: boolean;
  readonly in_headers: boolean;
}

export const JSON_TYPE = 'application/json';

/** The maximum of `timeout_ms` in milliseconds: timers of the platforms cannot wait longer. */
export const TIMEOUT_MS_MAX = 2 ** 31 - 1;
/** The maximum of `retries`. */
export const RETRIES_MAX = 100;

/** The options of both APIs. */
export const TRANSPORT_OPTIONS: Readonly<Record<keyof TransportOptions, true>> = {
  url: true,
  timeout_ms: true,
  retries: true,
  headers: true,
  response_bytes_max: true,
  tracing: true,
  fetch: true,
  sleep: true,
  random: true,
};

const CALL_OPTIONS: Readonly<Record<keyof CallOptions, true>> = {
  ...TRANSPORT_OPTIONS,
  base_route: true,
  correlation_id: true,
};

/** Checks the options of API v1. Throws a `TypeError` that names an option which is missing or wrong. */
export function toCallSettings(options: CallOptions): CallSettings {
  assertKnownOptions(options, 'the client of API v1', CALL_OPTIONS);
  const { url, base_route = 'v1/sessions', correlation_id = 'query' } = options;
  if (options.base_route === undefined) refuseRoute(url, 'v1');
  if (!['query', 'headers', 'both'].includes(correlation_id)) {
    throw new TypeError(`correlation_id is '${correlation_id}': use 'query', 'headers' or 'both'.`);
  }
  return {
    ...toTransportSettings(options, base_route, { 'content-type': JSON_TYPE, accept: JSON_TYPE }),
    in_query: correlation_id !== 'headers',
    in_headers: correlation_id !== 'query',
  };
}

/**
 * Checks the options. `own` headers replace those of the caller. Throws a `TypeError` that names an option which is
 * missing or wrong.
 */
export function toTransportSettings(
  options: TransportOptions,
  route: string,
  own: Readonly<Record<string, string>>,
): TransportSettings {
  const { url, headers = {}, timeout_ms = 10_000, retries = 3, response_bytes_max = 16 * 1024 * 1024 } = options;
  const send = options.fetch ?? ((address, init) => fetch(address, init));
  return {
    base: toBase(url, route),
    timeout_ms: toTimeout(timeout_ms),
    retries: wholeNumber('retries', retries, 0, RETRIES_MAX),
    response_bytes_max: wholeNumber('response_bytes_max', response_bytes_max, 1, Number.MAX_SAFE_INTEGER),
    headers: { ...toHeaders(headers), ...own },
    tracing: options.tracing ?? null,
    // Next caches the response to a GET unless the request forbids it: a session would never change.
    fetch: (address, init) => send(address, { ...init, ...UNCACHED }),
    sleep: options.sleep ?? sleep,
    random: options.random ?? random,
  };
}

export function toTimeout(timeout_ms: number): number {
  return wholeNumber('timeout_ms', timeout_ms, 1, TIMEOUT_MS_MAX);
}

/** `Headers` rejects here what would otherwise look like an unreachable service. It also makes names lower case. */
function toHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(new Headers(headers));
  } catch {
    // The platform's message contains the value, which may be a secret.
    throw new TypeError('headers contains a name or a value that is not valid in HTTP: use visible ASCII characters.');
  }
}

function toBase(url: string, route: string): string {
  if (url === undefined) throw new TypeError("url is missing: use one like 'http://localhost:8080'.");
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new TypeError("url is not a valid http or https address: use one like 'http://localhost:8080'.");
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw new TypeError(
      'url contains credentials, a query or a fragment: use origin and path only, and send credentials in headers.',
    );
  }
  const path = `${parsed.pathname}/${route}`.split('/').filter((part) => part !== '');
  return [parsed.origin, ...path].join('/');
}

/** Throws a `TypeError` if `url` ends in the path that the client adds. */
export function refuseRoute(url: string, version: 'v1' | 'v2'): void {
  const { pathname } = URL.canParse(url) ? new URL(url) : { pathname: '' };
  const [added = null] = new RegExp(`/${version}(?:/sessions)?/*$`).exec(pathname) ?? [];
  if (added === null) return;
  throw new TypeError(`url ends in ${added}, which the client adds itself: omit it, as in 'http://localhost:8080'.`);
}

export function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  const given = typeof value === 'number' ? value : `a value of type ${typeof value}`;
  throw new TypeError(`${name} is ${given}: use a whole number from ${min} to ${max}.`);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake);
    function wake() {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    }
  });
}
