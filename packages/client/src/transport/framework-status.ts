/** Codes of errors after which the service may answer the next request; every other code needs a change somewhere. */
const AWAY: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'UNREACHABLE',
  'ABORTED',
  'STORE_UNAVAILABLE',
  'STORE_FULL',
  'TOO_MANY_REQUESTS',
]);

/** The wait in seconds where the service names none. */
const RETRY_AFTER_S = 5;

/**
 * How a framework responds to an error that no handler catches: by the properties of http-errors.
 *
 * The status is never that of the service's response. A 401 means that the application's API key is wrong, and would tell
 * the browser that its user is signed out. A 404 names a session that the application asked for, not the page.
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
