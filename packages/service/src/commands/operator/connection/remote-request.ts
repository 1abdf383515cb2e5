import type { MethodRequest } from '@pip-sessions/contract/client-methods';
import { toPath, toQuery } from '@pip-sessions/contract/request-path';
import { ROUTES_V2, type RouteNameV2 } from '@pip-sessions/contract/routes';
import type { Problem } from '@pip-sessions/contract/v2';
import { CommandError, EXIT_CODES, exitCodeFor } from '../command-error.ts';
import { boundedText } from './response-body.ts';

/** The timeout of a request, and of each wait for more of a response. */
export const TIMEOUT_MS = 30_000;

/** Sends one request. Rejects with a `CommandError` if there is no response, or if it is an error. */
export type Fetch = (
  route: RouteNameV2,
  request: MethodRequest,
  options?: { readonly headers?: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
) => Promise<Response>;

/** An error response of the service. */
export class ProblemError extends CommandError {
  readonly code: string;

  constructor({ code, detail }: Pick<Problem, 'code' | 'detail'>) {
    super(detail, exitCodeFor(code));
    this.code = code;
  }
}

/** Returns a function that sends requests to a service. `base` is its URL, without a slash at the end. */
export function fetcher(base: string, key: string | null): Fetch {
  return async (name, request, { headers = {}, signal = AbortSignal.timeout(TIMEOUT_MS) } = {}) => {
    const { method, path } = { ...ROUTES_V2[name], path: pathOf(name, request) };
    const response = await fetch(base + path, {
      method,
      headers: {
        accept: 'application/json, application/x-ndjson, application/problem+json, text/event-stream',
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...('body' in request && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: 'body' in request ? JSON.stringify(request.body) : null,
      // A redirected request would send the key and the token to another host.
      redirect: 'manual',
      signal,
    }).catch((error: unknown) => {
      throw unreachable(base, error);
    });
    if (response.ok) return response;
    throw await rejection(response, base, key);
  };
}

function pathOf(name: RouteNameV2, { id, query = {} }: MethodRequest): string {
  try {
    return toPath(ROUTES_V2[name], id) + toQuery(query);
  } catch (error) {
    throw new CommandError(`The ${(error as Error).message}`, EXIT_CODES.usage);
  }
}

function unreachable(base: string, error: unknown): CommandError {
  const { name, message, cause } = error as Error & {
    readonly cause?: { readonly code?: string; readonly message?: string };
  };
  const reason =
    name === 'TimeoutError' ? `no response within ${TIMEOUT_MS / 1000} s` : (cause?.code ?? cause?.message ?? message);
  return new CommandError(
    `No service can be reached at ${base} (${reason}). Use --url with its address, or --store with a store.`,
  );
}

async function rejection(response: Response, base: string, key: string | null): Promise<CommandError> {
  const { status } = response;
  const problem = parsed(await boundedText(response)) as Partial<Problem> | null;
  if (typeof problem?.code !== 'string' || typeof problem.detail !== 'string') {
    return new CommandError(`${base} responded with the status ${status}: it may not be a sessions service.`);
  }
  const { code, detail } = problem;
  const hint = status === 401 && key === null ? ' Set SESSIONS_KEY to an API key of the service.' : '';
  return new ProblemError({ code, detail: detail + hint });
}

/** Returns the object or list in a JSON text. Throws a `CommandError` if it is something else. */
export function jsonOf<T>(text: string, base: string): T {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null) return value as T;
  throw new CommandError(`The response of ${base} is not JSON: it may not be a sessions service.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
