import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import type { Sessions } from '../domain/sessions.ts';
import type { Logger } from '../observability/log.ts';
import { correlationId } from './correlation.ts';
import { RequestError } from './error-map.ts';
import { refuseConnection, sendError } from './errors.ts';
import { registerStandard, type StatusInfo } from './standard.ts';
import { registerSwagger } from './swagger.ts';
import { registerV1 } from './v1/routes.ts';

export interface HttpServerOptions {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly info: StatusInfo;
  /** Where the commands of API v1 are, like `/v1/sessions`. */
  readonly v1_base: string;
  readonly swagger: boolean;
  /** The largest body that is read, in bytes; a larger one is answered 413. */
  readonly body_limit: number;
  /** The origins whose pages may call; none by default. */
  readonly cors_origins: readonly string[];
  /** PEM texts; without them the server speaks plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca?: string };
}

/** How long a client may take to send its request, and a request in flight to finish when the server closes. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the idle timeout of common load balancers (60 s), so that they and not the server close first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const CLOSE_IDLE_INTERVAL_MS = 20;
const CONNECTIONS_MAX = 10_000;

/** The HTTP service, ready to listen: `listen`, and `close`, which finishes the requests in flight. */
export class HttpServer {
  readonly #app: FastifyInstance;

  private constructor(app: FastifyInstance) {
    this.#app = app;
  }

  static async create(options: HttpServerOptions): Promise<HttpServer> {
    const app = createApp(options);
    if (options.cors_origins.length > 0) {
      const { default: cors } = await import('@fastify/cors');
      await app.register(cors, { origin: [...options.cors_origins], methods: ['GET', 'POST'], strictPreflight: false });
    }
    registerStandard(app, options.clock, options.info);
    const { sessions, log, v1_base, body_limit } = options;
    registerV1(app, { sessions, log, base: v1_base, body_limit });
    if (options.swagger) registerSwagger(app, v1_base);
    await app.ready();
    return new HttpServer(app);
  }

  /** Starts to accept connections; port 0 takes a free one. Answers the URL that callers use. */
  async listen(host: string, port: number): Promise<string> {
    await this.#app.listen({ host, port });
    const address = this.#app.server.address() as AddressInfo;
    const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `${this.#app.initialConfig.https ? 'https' : 'http'}://${name}:${address.port}`;
  }

  /** Accepts nothing new, finishes the requests in flight, and closes their connections. */
  async close(): Promise<void> {
    const { server } = this.#app;
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

function createApp({ log, tls }: HttpServerOptions): FastifyInstance {
  const routes = new Set<string>();
  const app: FastifyInstance = fastify({
    ...(tls && { https: { key: tls.key, cert: tls.cert, ...(tls.ca && { ca: tls.ca, requestCert: true }) } }),
    // Requests are logged by the routes: a logger of its own for every request would cost as much as the request.
    logger: false,
    genReqId: (request) => correlationId(request),
    requestIdHeader: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false },
    clientErrorHandler: (error, socket) => refuseConnection(error, socket, log),
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, log),
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  app.addHook('onRoute', ({ url }) => void routes.add(url));
  // Routes read their bodies by `readJson`.
  app.addHttpMethod('POST', { hasBody: false, overrideExisting: true });
  app.setErrorHandler<Error>((error, request, reply) => sendError(error, request, reply, log));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    return sendError(unknownRoute(request.method, path, routes.has(path)), request, reply, log);
  });
  return app;
}

function unknownRoute(method: string, path: string, otherMethod: boolean): RequestError {
  return otherMethod
    ? new RequestError('MethodNotAllowed', `${method} is not allowed on ${path}.`)
    : new RequestError('ResourceNotFound', `${path} does not exist.`);
}
