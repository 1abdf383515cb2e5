import { type CallTarget, SessionsCallError } from './errors.ts';
import { systemTime } from './platform.ts';

/** The outcome of one attempt. */
export type Outcome<T> = { readonly type: 'result'; readonly result: T } | Failure;

/** An outcome that another attempt may change: no response, or this status. */
export type PassingEnd = 'no_answer' | number;

export interface Failure {
  readonly type: 'failure';
  readonly error: Error;
  /** Null if another attempt would have the same outcome. */
  readonly end: PassingEnd | null;
  /** When the service allows another attempt, in milliseconds from now; 0 if it does not say. */
  readonly retry_after_ms: number;
}

/** Reads the responses of one API. */
export interface ResponseReader<T> {
  /** Returns the result in a body; throws if there is none. */
  readonly result: (text: string) => T;
  /** Set for a response that is read in parts: returns the result, without reading the body. */
  readonly inParts?: (response: Response) => T;
  /** Returns the error in a response; null if it is not from this API. */
  readonly error: (answer: FailedResponse) => Error | null;
}

export interface FailedResponse {
  readonly status: number;
  readonly text: string;
  readonly retry_after_ms: number;
}

/** The statuses of a gateway while the service behind it starts, stops or is overloaded. */
const GATEWAY = new Set([502, 503, 504]);

/** Reads a whole response. Rejects as the platform does if the connection breaks. */
export async function readOutcome<T>(
  target: CallTarget,
  response: Response,
  bytes_max: number,
  reader: ResponseReader<T>,
): Promise<Outcome<T>> {
  const { ok, status, headers } = response;
  if (ok && reader.inParts) return { type: 'result', result: reader.inParts(response) };
  const text = await readText(response, bytes_max);
  if (text === null) {
    const message = `The response is larger than ${bytes_max} bytes. Request a smaller page, or raise response_bytes_max.`;
    return lasting(new SessionsCallError('RESPONSE_TOO_LARGE', target, message, { status }));
  }
  if (ok) {
    try {
      return { type: 'result', result: reader.result(text) };
    } catch (cause) {
      return lasting(notAnAnswer(target, status, cause));
    }
  }
  const retry_after_ms = retryAfter(headers.get('retry-after'));
  const error = reader.error({ status, text, retry_after_ms }) ?? foreign(target, status);
  return { type: 'failure', error, end: status, retry_after_ms };
}

/** The failure of an attempt whose `fetch` rejected: there is no response at all. */
export function brokenConnection(target: CallTarget, address: string, cause: unknown): Failure {
  // Deno's message has the whole address, which may contain an id or a filter.
  const reason = reasonOf(cause).replaceAll(address, () => target.url);
  const refused = REFUSED.test(reason);
  const message = refused
    ? 'The connection was refused. Check that the service runs, and that host and port are right.'
    : `The connection failed (${reason}). Check the address and the network.`;
  const error = new SessionsCallError('UNREACHABLE', target, message, { cause });
  return { type: 'failure', error, end: refused ? null : 'no_answer', retry_after_ms: 0 };
}

/** A failure with the same outcome at every attempt. */
function lasting(error: Error): Failure {
  return { type: 'failure', error, end: null, retry_after_ms: 0 };
}

/** Returns null if the body is too large. */
async function readText(response: Response, bytes_max: number): Promise<string | null> {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytes_max) {
      reader.cancel().catch(() => {});
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** The error for an error response that is not from the service. */
function foreign(target: CallTarget, status: number): SessionsCallError {
  if (!GATEWAY.has(status)) return notAnAnswer(target, status, undefined);
  const message = `A gateway responded with status ${status}. Check that the service behind it runs.`;
  return new SessionsCallError('UNREACHABLE', target, message, { status });
}

export function notAnAnswer(target: CallTarget, status: number, cause: unknown): SessionsCallError {
  const message =
    `The response (status ${status}) is not from a sessions service. ` +
    'Check the address and the route; redirects are not followed.';
  return new SessionsCallError('INVALID_RESPONSE', target, message, { status, cause });
}

/** Converts seconds or a date (RFC 9110, 10.2.3) to milliseconds from now; 0 if there is no such value. */
function retryAfter(value: string | null): number {
  if (value === null) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - systemTime();
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

/** Node and Bun have a code, Deno has the text only, browsers have neither. */
const REFUSED = /ECONNREFUSED|ConnectionRefused|connection refused/i;

/** The deepest cause has the most information: Node wraps it in `TypeError: fetch failed`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
