import type { ErrorV1 } from './contract/v1.ts';
import { type CallTarget, categoryOf, SessionsCallError, type SessionsError, SessionsServiceError } from './errors.ts';
import { systemTime } from './platform.ts';

/** What came of one attempt. */
export type Outcome<T> = { readonly type: 'result'; readonly result: T } | Failure;

export interface Failure {
  readonly type: 'failure';
  readonly error: SessionsError;
  /** Whether the same attempt may succeed a little later, and at what time from now the service asks for it. */
  readonly passing: boolean;
  readonly retry_after_ms: number;
}

/** What a gateway answers while the service behind it starts, stops or is overloaded. */
const PASSING = new Set([502, 503, 504]);

/**
 * Reads an answer to its end, and its JSON result with `read`, which throws when the result is not what it should be.
 * Rejects as the platform does when the connection breaks.
 */
export async function readOutcome<T>(
  target: CallTarget,
  response: Response,
  bytes_max: number,
  read: (json: unknown) => T,
): Promise<Outcome<T>> {
  const { ok, status, headers } = response;
  const text = await readText(response, bytes_max);
  if (text === null) {
    const message = `The answer is larger than ${bytes_max} bytes. Ask for a smaller page, or raise answer_bytes_max.`;
    return lasting(new SessionsCallError('ANSWER_TOO_LARGE', target, message, { status }));
  }
  if (ok) {
    try {
      return { type: 'result', result: read(text === '' ? null : JSON.parse(text)) };
    } catch (cause) {
      return lasting(notAnAnswer(target, status, cause));
    }
  }
  const error = errorOf(target, status, text);
  if (!PASSING.has(status)) return lasting(error);
  return { type: 'failure', error, passing: true, retry_after_ms: retryAfter(headers.get('retry-after')) };
}

/** The platform's `fetch` rejected: there is no answer at all. */
export function brokenConnection(target: CallTarget, cause: unknown): Failure {
  const refused = REFUSED.test(reasonOf(cause));
  const message = refused
    ? 'The connection was refused. Check that the service runs there, and that host and port are right.'
    : `The connection failed (${reasonOf(cause)}). Check the address and the network between here and there.`;
  const error = new SessionsCallError('UNREACHABLE', target, message, { cause });
  return { type: 'failure', error, passing: !refused, retry_after_ms: 0 };
}

/** A failure that another attempt would not change. */
function lasting(error: SessionsError): Failure {
  return { type: 'failure', error, passing: false, retry_after_ms: 0 };
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

function errorOf(target: CallTarget, status: number, text: string): SessionsError {
  const body = parseError(text);
  if (body === null) {
    if (!PASSING.has(status)) return notAnAnswer(target, status, undefined);
    const message = `A gateway answered ${status}. Check that the service behind it runs.`;
    return new SessionsCallError('UNREACHABLE', target, message, { status });
  }
  const { code, category, message, details, correlation_id } = body;
  return new SessionsServiceError(target, stringOr(message, `The service answered ${status} without a message.`), {
    code: stringOr(code, 'UNKNOWN'),
    category: stringOr(category, categoryOf(status)),
    status,
    details,
    correlation_id: stringOr(correlation_id, null),
  });
}

function stringOr<T>(value: unknown, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}

/** Null for what is not the JSON of an error. */
function parseError(text: string): Partial<Record<keyof ErrorV1, unknown>> | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && ('code' in json || 'message' in json) ? json : null;
  } catch {
    return null;
  }
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
