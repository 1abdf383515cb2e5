import { clientMethods, type MethodRequest } from '@pip-sessions/contract/client-methods';
import type { RouteNameV2 } from '@pip-sessions/contract/routes';
import type { SessionsClient } from '@pip-sessions/contract/sessions-client';
import type { ExportLine, ProblemCode } from '@pip-sessions/contract/v2';
import { SessionsError } from '../domain/errors.ts';
import { sessionRef } from '../domain/ids.ts';
import type { Sessions } from '../domain/sessions.ts';
import type { Audit } from './audit.ts';
import type { Caller } from './caller.ts';
import { parseBounded } from './careful-json.ts';
import { ERROR_MAP, RequestError } from './error-codes.ts';
import type { AnyRoute, RouteContext, RouteRequest } from './v2/route.ts';
import { ROUTES } from './v2/routes.ts';

/** The size limits of a client in the same process. */
export interface EmbeddedOptions {
  /** Maximum size of `user` and of `data`, in bytes of JSON. Default 65,536, as in the service. */
  readonly value_bytes_max?: number;
  /** Maximum size of a whole request, in bytes of JSON. Default 1,048,576, as in the service. */
  readonly body_bytes_max?: number;
}

const VALUE_BYTES_MAX = 65_536;
const BODY_BYTES_MAX = 1_048_576;

/**
 * Returns a client of API v2 for callers in the same process. Code that takes a `SessionsClient`, like the middleware,
 * works with it and with the HTTP client. Requests get the same checks as over HTTP. Code for both clients must use the
 * `code` of an error, not its class. Options of the network, like `timeout_ms`, have no effect.
 *
 * @example
 * import { userSessions } from '@pip-sessions/client/express';
 * import { createLogger, loadConfig, sessionsClientOf, startService } from '@pip-sessions/service';
 *
 * const service = await startService(loadConfig({ SESSIONS_STORE: 'sqlite:sessions.db' }), createLogger('warn'));
 * app.use(userSessions({ client: sessionsClientOf(service.sessions) }));
 */
export function sessionsClientOf<User = unknown, Data = unknown>(
  sessions: Sessions,
  options: EmbeddedOptions = {},
): SessionsClient<User, Data> {
  return auditedClientOf(sessions, options, null);
}

/** Returns a client like that of `sessionsClientOf`, whose requests are in an audit log like those of HTTP. */
export function auditedClientOf<User = unknown, Data = unknown>(
  sessions: Sessions,
  options: EmbeddedOptions,
  audit: Audit | null,
): SessionsClient<User, Data> {
  const { value_bytes_max = VALUE_BYTES_MAX, body_bytes_max = BODY_BYTES_MAX } = options;
  const context: RouteContext = { sessions, value_bytes_max, keyUses: noKeys, suspicious: () => {} };

  /** Returns a request with a copy of the input, as it would arrive over HTTP. */
  function received(request: Partial<RouteRequest>): RouteRequest {
    const input = 'input' in request ? plain(request.input, body_bytes_max) : {};
    return { ...NOTHING, ...request, input };
  }

  async function call<T>(name: RouteNameV2, request: Partial<RouteRequest>): Promise<T> {
    try {
      const route = routeOf(name);
      if (!('run' in route)) throw new TypeError(`The route "${name}" has no single result.`);
      if (route.audited) audit?.assertWritable();
      const { text, opened = request.id, audit: about } = await route.run(context, received(request));
      if (route.audited && about)
        audit?.write(route.audited, { ...(opened && { session: sessionRef(opened) }), ...about });
      return JSON.parse(text);
    } catch (error) {
      throw embedded(error);
    }
  }

  async function* lines(name: RouteNameV2, { body }: MethodRequest): AsyncGenerator<ExportLine> {
    try {
      const route = routeOf(name);
      if (!('stream' in route)) throw new TypeError(`The route "${name}" has no lines.`);
      if (route.audited) audit?.assertWritable();
      const { parts, user_id_hash } = route.stream(context, received({ input: body }));
      if (route.audited) audit?.write(route.audited, { user_id_hash });
      for await (const part of parts) {
        for (const line of part.trimEnd().split('\n')) yield JSON.parse(line);
      }
    } catch (error) {
      throw embedded(error);
    }
  }

  const methods = clientMethods({
    send: (name, request) => {
      const { id = '', query, if_match, idempotency_key = null } = request;
      const input = 'body' in request ? { input: request.body } : query && { input: query };
      return call(name, { id, ...input, revision: if_match, idempotency_key });
    },
    lines,
    isMissing: (error) => error instanceof SessionsError && error.code === 'SESSION_NOT_FOUND',
  });
  return methods as SessionsClient<User, Data>;
}

/** A request that was rejected before it reached a use case. `code` is the problem code that HTTP callers get. */
export class EmbeddedRequestError extends Error {
  override readonly name = 'EmbeddedRequestError';
  /** The code that API v2 has for this error. */
  readonly code: ProblemCode;

  constructor({ code, message }: RequestError) {
    super(message);
    this.code = ERROR_MAP[code].problem;
  }
}

async function noKeys(): Promise<never> {
  const message = 'API keys belong to the HTTP server of the service. Request them over HTTP.';
  throw new RequestError('ResourceNotFound', message);
}

function embedded(error: unknown): unknown {
  return error instanceof RequestError ? new EmbeddedRequestError(error) : error;
}

/** The caller for requests from the same process. It may do everything. */
export const THIS_PROCESS: Caller = { key: null, scope: 'admin', address: '' };
const NOTHING: RouteRequest = {
  id: '',
  caller: THIS_PROCESS,
  input: {},
  revision: undefined,
  idempotency_key: null,
};

const BY_NAME = new Map<string, AnyRoute>(ROUTES.map((route) => [route.name, route]));

function routeOf(name: RouteNameV2): AnyRoute {
  const route = BY_NAME.get(name);
  if (route) return route;
  throw new TypeError(`Unknown route "${name}".`);
}

/** Returns a copy of the value as it would arrive over HTTP: without undefined properties. */
function plain(value: unknown, bytes_max: number): unknown {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError('The value is undefined, which JSON does not have: use null.');
  return parseBounded(text, bytes_max);
}
