import type { RouteV2 } from '@pip-sessions/contract/routes';
import type { Problem, ProblemCode } from '@pip-sessions/contract/v2';
import { isObject } from '../transport/json-object.ts';
import type { AnswerReader, ErrorAnswer } from '../transport/response.ts';
import { PROBLEM_CLASSES, type ProblemClass } from './error-classes.ts';
import { SessionsProblemError } from './errors.ts';

/** Reads answers of API v2: `read` makes a result of its JSON. */
export function answerReaderV2<T>(route: RouteV2, read: (json: unknown) => T): AnswerReader<T> {
  return {
    result: (text) => read(parse(text)),
    error: (answer) => problemOf(route, answer),
  };
}

/** The engine's own message quotes the text, which may hold a token. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError('The body is not JSON.');
  }
}

/** The error that an answer of API v2 holds; null when a gateway or another service wrote it. */
function problemOf({ method, path }: RouteV2, answer: ErrorAnswer): SessionsProblemError | null {
  const { status, text, retry_after_ms } = answer;
  const problem = parseProblem(text) ?? (status === 429 ? OVERLOADED : null);
  if (problem === null) return null;
  const { code, detail, message, details, correlation_id } = problem;
  const Class = classOf(code);
  return new Class({
    code,
    response_status: status,
    // What breaks HTTP itself is answered before the path is known, in the older form.
    detail: textOf(detail) ?? textOf(message) ?? `The service answered ${status} without a detail.`,
    details: isObject(details) ? details : null,
    correlation_id: textOf(correlation_id),
    method,
    path,
    retry_after_ms,
  });
}

/** A gateway that limits calls means the same, whatever it writes. */
const OVERLOADED: ParsedProblem = {
  code: 'TOO_MANY_REQUESTS',
  detail: 'Something between here and the service takes no more requests for now. Call less often.',
};

function classOf(code: string): ProblemClass {
  // A code is any text: `constructor` is not one of the table.
  return Object.hasOwn(PROBLEM_CLASSES, code) ? PROBLEM_CLASSES[code as ProblemCode] : SessionsProblemError;
}

type ParsedProblem = { readonly code: string } & Readonly<Partial<Record<keyof Problem | 'message', unknown>>>;

/** Null for what is not the JSON of a problem: each has a code. */
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
