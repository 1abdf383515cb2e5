/** Codes of errors that are temporary: a later request may succeed. Every other code needs a change somewhere. */
const AWAY: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'UNREACHABLE',
  'ABORTED',
  'STORE_UNAVAILABLE',
  'STORE_FULL',
  'TOO_MANY_REQUESTS',
  'FALLBACK_UNAVAILABLE',
]);

/** The value of `retry-after` in seconds if the service sends none. */
const RETRY_AFTER_S = 5;

/**
 * The properties of http-errors, by which frameworks respond to an error that no handler catches.
 *
 * The status is never that of the service's response. A 401 of the service means that the application's API key is
 * wrong, but a browser would take it for a signed-out user. A 404 means that a session does not exist, not the page.
 *
 * There is no `statusCode`: Nest shows the message of an error that has one, whatever `expose` says.
 */
export interface FrameworkStatus {
  /** 503 while the service is away, else 500. */
  readonly status: 500 | 503;
  /** The message is for the developer: it may name the service's address. */
  readonly expose: false;
  /** `retry-after` of a 503. */
  readonly headers: Readonly<Record<string, string>>;
}

export function frameworkStatusOf(code: string, retry_after_ms = 0): FrameworkStatus {
  if (!AWAY.has(code)) return { status: 500, expose: false, headers: {} };
  const wait_s = retry_after_ms > 0 ? Math.ceil(retry_after_ms / 1000) : RETRY_AFTER_S;
  return { status: 503, expose: false, headers: { 'retry-after': `${wait_s}` } };
}
