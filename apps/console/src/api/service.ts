import type { Problem } from '@pip-sessions/contract/v2';

/** The service responded with an error. */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;
  /** Seconds after which the request may be repeated; null if the service does not say. */
  readonly retry_after_s: number | null;
  readonly correlation_id: string | null;

  constructor(status: number, problem: Partial<Problem>, retry_after_s: number | null) {
    super(problem.detail ?? problem.title ?? `The service responded with status ${status}.`);
    this.name = 'ServiceError';
    this.status = status;
    this.code = problem.code ?? 'INTERNAL';
    this.retry_after_s = retry_after_s;
    this.correlation_id = problem.correlation_id ?? null;
  }
}

/** The service did not respond. */
export class UnreachableError extends Error {
  override name = 'UnreachableError';
}

/** Whether the error means that the user is signed out. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ServiceError && error.status === 401;
}

export const API = '/console/api/';

const TIMEOUT_MS = 30_000;
/** The `Date` header has whole seconds; a smaller difference of the clocks cannot be seen in it. */
const CLOCK_DIFFERENCE_MS_MIN = 2_000;

let difference_ms = 0;

/** The time of the service, in milliseconds: ages are computed with it, because the clock of this computer may be off. */
export function serviceTime(): number {
  return Date.now() + difference_ms;
}

/** How far the clock of the service is ahead of the clock of this computer, in milliseconds. */
export function clockDifference(): number {
  return difference_ms;
}

function compareClocks(response: Response): void {
  const time = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(time)) return;
  const difference = time + 500 - Date.now();
  difference_ms = Math.abs(difference) < CLOCK_DIFFERENCE_MS_MIN ? 0 : difference;
}

/** A request so long after the last input does not count as activity: the page has sent it by itself. */
const IDLE_MS = 30_000;
const BACKGROUND = { 'sessions-background': '1' };
let lastInput = Number.NEGATIVE_INFINITY;

for (const type of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
  globalThis.addEventListener?.(
    type,
    () => {
      lastInput = performance.now();
    },
    { capture: true, passive: true },
  );
}

function isBackground(): boolean {
  return performance.now() - lastInput > IDLE_MS;
}

export interface ServiceRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Properties that are undefined are not sent. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Whether the request continues when the page is left. */
  readonly keepalive?: boolean;
}

/** Sends a request and returns the response, whose status is 2xx. */
export async function send(path: string, request: ServiceRequest = {}): Promise<Response> {
  const { method = 'GET', query, body, signal, keepalive = false } = request;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(`${API}${pathWith(path, query)}`, {
      method,
      keepalive,
      credentials: 'same-origin',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(isBackground() && BACKGROUND),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UnreachableError('The service does not respond.', { cause: error });
  }
  compareClocks(response);
  if (response.ok) return response;
  throw await errorOf(response);
}

function pathWith(path: string, query: ServiceRequest['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

/** An early response that is older is not used. */
const EARLY_MS = 5_000;
const early = new Map<string, Promise<unknown>>();

/** Sends a GET before a view needs it. The next `call` for the same path and query returns its result. */
export function callEarly(path: string, query?: ServiceRequest['query']): void {
  const key = pathWith(path, query);
  const result = receive(path, { query });
  early.set(key, result);
  const forget = () => void early.delete(key);
  result.catch(forget);
  setTimeout(forget, EARLY_MS);
}

/** Sends a request and returns the JSON value of the response. */
export function call<T>(path: string, request: ServiceRequest = {}): Promise<T> {
  const key = pathWith(path, request.query);
  const sent = request.method === undefined ? early.get(key) : undefined;
  early.delete(key);
  return (sent ?? receive(path, request)) as Promise<T>;
}

async function receive<T>(path: string, request: ServiceRequest): Promise<T> {
  const response = await send(path, request);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function errorOf(response: Response): Promise<Error> {
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  // A proxy before the service responds without a problem.
  if (problem === null && response.status >= 502) return new UnreachableError('The service does not respond.');
  const retry_after = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ServiceError(response.status, problem ?? {}, Number.isFinite(retry_after) ? retry_after : null);
}
