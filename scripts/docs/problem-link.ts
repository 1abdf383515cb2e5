import type { ProblemCode } from '@pip-sessions/contract/v2';

/** Returns a link to the section of a problem in docs/errors.md. */
export function problemLink(code: ProblemCode): string {
  return `[\`${code}\`](./errors.md#${code.toLowerCase().replaceAll('_', '-')})`;
}
