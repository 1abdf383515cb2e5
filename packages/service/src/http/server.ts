import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import type { Sessions } from '../domain/sessions.ts';
import type { Logger } from '../observability/log.ts';
import type { Authenticator } from './authentication/authenticate.ts';
import { Cors } from './cors.ts';
import { RequestError } from './error-map.ts';
import { errorAnswer, refuseConnection } from './errors.ts';
import type { Handler } from './handler.ts';
import { Health, registerHealth } from './health.ts';
import { createNodeServer, REQUEST_TIMEOUT_MS, type Tls } from './node-server.ts';
import { registerOpenapi } from './openapi.ts';
import { registerStandard, type StatusInfo } from './standard.ts';
import { registerSwagger } from './swagger.ts';
import { createV1Handler, v1Paths } from './v1/handler.ts';
import { ChangeFeed } from './v2/changes/change-feed.ts';
import { createV2Handler, type V2Options } from './v2/handler.ts';

export interface HttpServerOptions {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly info: StatusInfo;
  /** Who calls; of API v2 always, of API v1 where it asks. */
  readonly authenticator: Authenticator;
  /** API v1; null leaves it out. */
  readonly v1: V1ServerOptions | null;
  /** API v2; null leaves it out. */
  readonly v2: Pick<V2Options, 'value_limit'> | null;
  /** The largest body that is read, in bytes; a larger one is answered 413. */
  readonly body_limit: number;
  /** The origins whose pages may call; none by default. */
  readonly cors_origins: readonly string[];
  /** Without it the server speaks plain HTTP. */
  readonly tls?: Tls;
}

interface V1ServerOptions {
  /** Where its commands are, like `/v1/sessions`. */
  readonly base: string;
  /** Whether it asks for keys too; clients of Pip.Services have none. */
  readonly needs_key: boolean;
  /** Whether its description is served at `/swagger`. */
  readonly swagger: boolean;
}

const CLOSE_IDLE_INTERVAL_MS = 20;

/** The HTTP service, ready to listen: `listen`, and `close`, which finishes the requests in flight. */
export class HttpServer {
  readonly #app: FastifyInstance;
  readonly #changes: ChangeFeed;
  readonly #health: Health;
  readonly #protocol: 'http' | 'https';

  private constructor(app: FastifyInstance, changes: ChangeFeed, health: Health, protocol: 'http' | 'https') {
    this.#app = app;
    this.#changes = changes;
    this.#health = health;
    this.#protocol = protocol;
  }

  static async create(options: HttpServerOptions): Promise<HttpServer> {
    const changes = new ChangeFeed(options.sessions, options.log);
    const app = createApp(options, changes);
    if (options.cors_origins.length > 0) {
      const { default: cors } = await import('@fastify/cors');
      const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
      await app.register(cors, { origin: [...options.cors_origins], methods, strictPreflight: false });
    }
    const health = new Health(() => options.sessions.ping(), options.log);
    registerHealth(app, health);
    registerStandard(app, options.clock, options.info);
    if (options.v1?.swagger) registerSwagger(app, options.v1.base);
    if (options.v2) registerOpenapi(app);
    await app.ready();
    return new HttpServer(app, changes, health, options.tls ? 'https' : 'http');
  }

  /** Starts to accept connections; port 0 takes a free one. Answers the URL that callers use. */
  async listen(host: string, port: number): Promise<string> {
    await this.#app.listen({ host, port });
    const address = this.#app.server.address() as AddressInfo;
    const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `${this.#protocol}://${name}:${address.port}`;
  }

  /** Is ready no more, accepts nothing new, finishes the requests in flight, and closes their connections. */
  async close(): Promise<void> {
    const { server } = this.#app;
    this.#health.stop();
    this.#changes.close();
    // Node closes the connections that are idle now; those of the requests in flight become idle later.
    const closeIdle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_INTERVAL_MS);
    const cutOff = setTimeout(() => server.closeAllConnections(), REQUEST_TIMEOUT_MS);
    try {
      await this.#app.close();
    } finally {
      clearInterval(closeIdle);
      clearTimeout(cutOff);
    }
  }
}

/** What the APIs do not take, Fastify does: the other endpoints, preflights, and every path that does not exist. */
function createApp(options: HttpServerOptions, changes: ChangeFeed): FastifyInstance {
  const { log, tls, v1 } = options;
  const routes = new Set<string>(v1 ? v1Paths(v1.base) : []);
  const apis = createHandlers(options, changes);
  const app: FastifyInstance = fastify({
    serverFactory: (otherwise) =>
      createNodeServer((request, response) => {
        for (const take of apis) if (take(request, response)) return;
        otherwise(request, response);
      }, tls),
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false },
    clientErrorHandler: (error, socket) => refuseConnection(error, socket, log),
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, log),
  });
  app.addHook('onRoute', ({ url }) => void routes.add(url));
  // A path that does not exist is said to be so whatever the body holds: it is not read.
  app.addHttpMethod('POST', { hasBody: false, overrideExisting: true });
  app.setErrorHandler<Error>((error, request, reply) => sendError(error, request, reply, log));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    return sendError(unknownRoute(request.method, path, routes.has(path)), request, reply, log);
  });
  return app;
}

function createHandlers(options: HttpServerOptions, changes: ChangeFeed): readonly Handler[] {
  const { sessions, log, authenticator, v1, v2, body_limit } = options;
  const shared = { sessions, log, body_limit, cors: new Cors(options.cors_origins) };
  return [
    ...(v1 ? [createV1Handler({ ...shared, base: v1.base, authenticator: v1.needs_key ? authenticator : null })] : []),
    ...(v2 ? [createV2Handler({ ...shared, authenticator, changes, value_limit: v2.value_limit })] : []),
  ];
}

function sendError(error: Error, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const { status, headers, text } = errorAnswer(error, request.raw, log, 'v1');
  return reply.code(status).headers(headers).send(text);
}

function unknownRoute(method: string, path: string, otherMethod: boolean): RequestError {
  return otherMethod
    ? new RequestError('MethodNotAllowed', `${method} is not allowed on ${path}.`)
    : new RequestError('ResourceNotFound', `${path} does not exist.`);
}
