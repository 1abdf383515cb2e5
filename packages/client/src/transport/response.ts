import { type CallTarget, SessionsCallError } from './errors.ts';
import { systemTime } from './platform.ts';

/** What came of one attempt. */
export type Outcome<T> = { readonly type: 'result'; readonly result: T } | Failure;

/** How an attempt ended that a later one may mend: without an answer, or with this status. */
export type PassingEnd = 'no_answer' | number;

export interface Failure {
  readonly type: 'failure';
  readonly error: Error;
  /** Null when another attempt would end alike. */
  readonly end: PassingEnd | null;
  /** At what time from now the service asks for another attempt; 0 when it does not. */
  readonly retry_after_ms: number;
}

/** How an API writes its answers. */
export interface AnswerReader<T> {
  /** The result that a body holds; throws when it holds none. */
  readonly result: (text: string) => T;
  /** The error that an answer holds; null when it is not of this API. */
  readonly error: (answer: ErrorAnswer) => Error | null;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly text: string;
  readonly retry_after_ms: number;
}

/** What a gateway answers while the service behind it starts, stops or is overloaded. */
const GATEWAY = new Set([502, 503, 504]);

/** Reads an answer to its end. Rejects as the platform does when the connection breaks. */
export async function readOutcome<T>(
  target: CallTarget,
  response: Response,
  bytes_max: number,
  reader: AnswerReader<T>,
): Promise<Outcome<T>> {
  const { ok, status, headers } = response;
  const text = await readText(response, bytes_max);
  if (text === null) {
    const message = `The answer is larger than ${bytes_max} bytes. Ask for a smaller page, or raise answer_bytes_max.`;
    return lasting(new SessionsCallError('ANSWER_TOO_LARGE', target, message, { status }));
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

/** The platform's `fetch` rejected: there is no answer at all. */
export function brokenConnection(target: CallTarget, address: string, cause: unknown): Failure {
  // Deno names the whole address, which may hold an id or a filter.
  const reason = reasonOf(cause).replaceAll(address, () => target.url);
  const refused = REFUSED.test(reason);
  const message = refused
    ? 'The connection was refused. Check that the service runs there, and that host and port are right.'
    : `The connection failed (${reason}). Check the address and the network between here and there.`;
  const error = new SessionsCallError('UNREACHABLE', target, message, { cause });
  return { type: 'failure', error, end: refused ? null : 'no_answer', retry_after_ms: 0 };
}

/** A failure that another attempt would not change. */
function lasting(error: Error): Failure {
  return { type: 'failure', error, end: null, retry_after_ms: 0 };
}

/** Null when the answer exceeds the bound. */
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

/** An error that the service did not write. */
function foreign(target: CallTarget, status: number): SessionsCallError {
  if (!GATEWAY.has(status)) return notAnAnswer(target, status, undefined);
  const message = `A gateway answered ${status}. Check that the service behind it runs.`;
  return new SessionsCallError('UNREACHABLE', target, message, { status });
}

function notAnAnswer(target: CallTarget, status: number, cause: unknown): SessionsCallError {
  const message =
    `What came (status ${status}) is not an answer of a sessions service. ` +
    'Check the address and the route; redirects are not followed.';
  return new SessionsCallError('INVALID_ANSWER', target, message, { status, cause });
}

/** Seconds or a date (RFC 9110, 10.2.3), as milliseconds from now; 0 where there is none. */
function retryAfter(value: string | null): number {
  if (value === null) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - systemTime();
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

/** Node and Bun give a code, Deno only says it; browsers say nothing. */
const REFUSED = /ECONNREFUSED|ConnectionRefused|connection refused/i;

/** The deepest cause says the most: Node wraps what happened in `TypeError: fetch failed`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
