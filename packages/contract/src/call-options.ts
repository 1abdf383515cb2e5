import type { CloseOptions, OpenOptions, RequestOptions, ValidateOptions, WriteOptions } from './request-options.ts';
import type { RouteNameV2 } from './routes.ts';

type Names<Options> = Readonly<Record<keyof Options, true>>;

const REQUEST: Names<RequestOptions> = { signal: true, correlation_id: true, timeout_ms: true, traceparent: true };
const OPEN: Names<OpenOptions> = { ...REQUEST, idempotency_key: true };
const WRITE: Names<WriteOptions> = { ...REQUEST, if_match: true };
const VALIDATE: Names<ValidateOptions> = { ...REQUEST, touch: true, max_age: true };
const CLOSE: Names<CloseOptions> = { ...REQUEST, by: true, reason: true };

/** The options of calls that have more than those of every request. */
const OPTIONS: Readonly<Partial<Record<RouteNameV2, Readonly<Record<string, true>>>>> = {
  openSession: OPEN,
  updateSession: WRITE,
  replaceData: WRITE,
  replaceUser: WRITE,
  patchData: WRITE,
  validateToken: VALIDATE,
  validateTokens: VALIDATE,
  closeSession: CLOSE,
};

/** Returns the names of the options that a call of this route may have. */
export function optionsOf(route: RouteNameV2): Readonly<Record<string, true>> {
  return OPTIONS[route] ?? REQUEST;
}
