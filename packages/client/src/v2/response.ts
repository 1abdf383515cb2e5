import type { RouteV2 } from '@pip-sessions/contract/routes';
import type { Problem, ProblemCode } from '@pip-sessions/contract/v2';
import { isObject } from '../transport/json-object.ts';
import type { FailedResponse, ResponseReader } from '../transport/response.ts';
import { PROBLEM_CLASSES, type ProblemClass } from './error-classes.ts';
import { SessionsProblemError } from './errors.ts';

/** Reads the responses of API v2. `read` converts the JSON to the result. */
export function responseReaderV2<T>(route: RouteV2, read: (json: unknown) => T): ResponseReader<T> {
  return {
    result: (text) => read(parse(text)),
    error: (answer) => problemOf(route, answer),
  };
}

/** The message of `JSON.parse` contains the text, which may hold a token. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError('The body is not JSON.');
  }
}

/** Returns the error in a response; null if it is from a gateway or another service. */
function problemOf({ method, path }: RouteV2, answer: FailedResponse): SessionsProblemError | null {
  const { status, text, retry_after_ms } = answer;
  const problem = parseProblem(text) ?? (status === 429 ? OVERLOADED : null);
  if (problem === null) return null;
  const { code, detail, message, details, correlation_id } = problem;
  const Class = classOf(code);
  return new Class({
    code,
    response_status: status,
    // A request that is not valid HTTP is rejected before its path is known, in the form of API v1.
    detail: textOf(detail) ?? textOf(message) ?? `The service responded with status ${status} and no detail.`,
    details: isObject(details) ? details : null,
    correlation_id: textOf(correlation_id),
    method,
    path,
    retry_after_ms,
  });
}

/** A 429 of a gateway has the same meaning, whatever its body is. */
const OVERLOADED: ParsedProblem = {
  code: 'TOO_MANY_REQUESTS',
  detail: 'A gateway before the service rejects requests for now, because there are too many. Call less often.',
};

function classOf(code: string): ProblemClass {
  // A code can be any text, such as `constructor`.
  return Object.hasOwn(PROBLEM_CLASSES, code) ? PROBLEM_CLASSES[code as ProblemCode] : SessionsProblemError;
}

type ParsedProblem = { readonly code: string } & Readonly<Partial<Record<keyof Problem | 'message', unknown>>>;

/** Returns null for text that is not the JSON of a problem, which always has a code. */
function parseProblem(text: string): ParsedProblem | null {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) && typeof json.code === 'string' ? { ...json, code: json.code } : null;
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
