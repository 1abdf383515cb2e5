import { random, UNCACHED } from './platform.ts';

/** How to reach a sessions service, by either API. Only `url` is required. */
export interface TransportOptions {
  /** Where the service is, with a path if a gateway puts one before it: `https://sessions.internal:8080`. */
  readonly url: string;
  /** Milliseconds for a call as a whole, with all its attempts and the waits between them; default 10,000. */
  readonly timeout_ms?: number;
  /** How often a command that is safe to repeat is sent again at most; default 3. */
  readonly retries?: number;
  /** Sent with every request, like `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The largest answer that is read; default 16 MiB, far above a page of 100 or one session with its data. */
  readonly answer_bytes_max?: number;
  /** In place of the platform's `fetch`: another HTTP stack, a proxy, a test. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** In place of a timer between attempts, for tests. It may end early when the signal fires. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In place of the platform's for the jitter between attempts, for tests. */
  readonly random?: () => number;
}

/** How to reach a sessions service by API v1. Only `url` is required. */
export interface CallOptions extends TransportOptions {
  /** Where the commands are, below `url`; default `v1/sessions`. */
  readonly base_route?: string;
  /**
   * How the correlation id travels: as query `correlation_id` (default), as header `correlation_id`, or as both.
   * Some proxies drop headers with an underscore.
   */
  readonly correlation_id?: CorrelationIdPlace;
}

export type CorrelationIdPlace = 'query' | 'headers' | 'both';

/** Options with their defaults, checked once. */
export interface TransportSettings extends Required<Omit<TransportOptions, 'url'>> {
  /** `url` and the route below it together, without a slash at the end. */
  readonly base: string;
}

export interface CallSettings extends TransportSettings {
  readonly in_query: boolean;
  readonly in_headers: boolean;
}

export const JSON_TYPE = 'application/json';

/** The longest that timers of the platforms can wait. */
export const TIMEOUT_MS_MAX = 2 ** 31 - 1;
export const RETRIES_MAX = 100;

/** Throws a `TypeError` that names the option when one is missing or wrong. */
export function toCallSettings(options: CallOptions): CallSettings {
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

/** `own` headers win over the caller's. Throws a `TypeError` that names the option when one is missing or wrong. */
export function toTransportSettings(
  options: TransportOptions,
  route: string,
  own: Readonly<Record<string, string>>,
): TransportSettings {
  const { url, headers = {}, timeout_ms = 10_000, retries = 3, answer_bytes_max = 16 * 1024 * 1024 } = options;
  const send = options.fetch ?? ((address, init) => fetch(address, init));
  return {
    base: toBase(url, route),
    timeout_ms: toTimeout(timeout_ms),
    retries: wholeNumber('retries', retries, 0, RETRIES_MAX),
    answer_bytes_max: wholeNumber('answer_bytes_max', answer_bytes_max, 1, Number.MAX_SAFE_INTEGER),
    headers: { ...toHeaders(headers), ...own },
    // Next stores what a GET gets, unless it is told not to: a session would stay as it was.
    fetch: (address, init) => send(address, { ...init, ...UNCACHED }),
    sleep: options.sleep ?? sleep,
    random: options.random ?? random,
  };
}

export function toTimeout(timeout_ms: number): number {
  return wholeNumber('timeout_ms', timeout_ms, 1, TIMEOUT_MS_MAX);
}

/** `Headers` refuses here what else would look like a network that is down, and knows no upper case. */
function toHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(new Headers(headers));
  } catch {
    // The platform's message quotes the value, which may be a secret.
    throw new TypeError('headers holds a name or a value that HTTP cannot carry: use visible ASCII.');
  }
}

function toBase(url: string, route: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new TypeError("url is not an address of a service: use one like 'http://localhost:8080'.");
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw new TypeError('url holds more than origin and path: give credentials in headers, and leave out ? and #.');
  }
  const path = `${parsed.pathname}/${route}`.split('/').filter((part) => part !== '');
  return [parsed.origin, ...path].join('/');
}

/** Throws a `TypeError` where `url` has the path of the API that the client adds. */
export function refuseRoute(url: string, version: 'v1' | 'v2'): void {
  const { pathname } = URL.canParse(url) ? new URL(url) : { pathname: '' };
  const [added = null] = new RegExp(`/${version}(?:/sessions)?/*$`).exec(pathname) ?? [];
  if (added === null) return;
  throw new TypeError(`url ends in ${added}: leave that out, since the client adds it, as in 'http://localhost:8080'.`);
}

export function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new TypeError(`${name} is ${value}: use a whole number from ${min} to ${max}.`);
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
