import type { Problem, ProblemCode } from '@pip-sessions/contract/v2';
import { ERROR_MAP, PROBLEMS } from './error-codes.ts';

/** Returns a problem (API v2) as an example for documents. */
export function problemExample(code: ProblemCode): Problem {
  const { status, title } = PROBLEMS[code];
  return { type: `urn:pip-sessions:problem:${code}`, title, status, detail: messageOf(code), code };
}

/** Returns an error in the format of API v1 as an example for documents. */
export function errorExample(code: keyof typeof ERROR_MAP): object {
  const { status, category, problem } = ERROR_MAP[code];
  return { code, category, status, message: messageOf(problem) };
}

function messageOf(code: ProblemCode): string {
  return PROBLEMS[code].cause.replaceAll('`', '');
}
