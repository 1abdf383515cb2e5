import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../domain/clock.ts';
import type { Sessions } from '../domain/sessions.ts';
import type { Logger } from '../observability/log.ts';
import type { Authenticator } from './authentication/authenticate.ts';
import { Cors } from './cors.ts';
import { createEndpointsHandler, type Endpoints } from './endpoints.ts';
import { refuseConnection } from './errors.ts';
import type { Handler } from './handler.ts';
import { Health, healthEndpoints } from './health.ts';
import { createNodeServer, REQUEST_TIMEOUT_MS, type Tls } from './node-server.ts';
import { openapiEndpoints } from './openapi.ts';
import { type StatusInfo, standardEndpoints } from './standard.ts';
import { swaggerEndpoints } from './swagger.ts';
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
  readonly #server: Server;
  readonly #changes: ChangeFeed;
  readonly #health: Health;
  readonly #protocol: 'http' | 'https';

  constructor(options: HttpServerOptions) {
    const { sessions, log, tls } = options;
    this.#changes = new ChangeFeed(sessions, log);
    this.#health = new Health(() => sessions.ping(), log);
    this.#protocol = tls ? 'https' : 'http';
    const handlers = createHandlers(options, this.#changes, this.#health);
    this.#server = createNodeServer((request, response) => serve(handlers, request, response), tls);
    this.#server.on('clientError', (error, socket) => refuseConnection(error, socket as Socket, log));
  }

  /** Starts to accept connections; port 0 takes a free one. Answers the URL that callers use. */
  async listen(host: string, port: number): Promise<string> {
    this.#server.listen({ host, port });
    await once(this.#server, 'listening');
    const address = this.#server.address() as AddressInfo;
    const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `${this.#protocol}://${name}:${address.port}`;
  }

  /** Is ready no more, accepts nothing new, finishes the requests in flight, and closes their connections. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#health.stop();
    this.#changes.close();
    if (!server.listening) return;
    // Node closes the connections that are idle now; those of the requests in flight become idle later.
    const closeIdle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_INTERVAL_MS);
    const cutOff = setTimeout(() => server.closeAllConnections(), REQUEST_TIMEOUT_MS);
    try {
      server.close();
      await once(server, 'close');
    } finally {
      clearInterval(closeIdle);
      clearTimeout(cutOff);
    }
  }
}

/** The first handler that takes a request serves it; the last one takes all. */
function serve(handlers: readonly Handler[], request: IncomingMessage, response: ServerResponse): void {
  for (const take of handlers) if (take(request, response)) return;
}

function createHandlers(options: HttpServerOptions, changes: ChangeFeed, health: Health): readonly Handler[] {
  const { sessions, log, authenticator, v1, v2, body_limit } = options;
  const cors = new Cors(options.cors_origins);
  const shared = { sessions, log, body_limit, cors };
  const others = new Map(v1 ? v1Paths(v1.base).map((path) => [path, 'POST']) : []);
  return [
    ...(v1 ? [createV1Handler({ ...shared, base: v1.base, authenticator: v1.needs_key ? authenticator : null })] : []),
    ...(v2 ? [createV2Handler({ ...shared, authenticator, changes, value_limit: v2.value_limit })] : []),
    createEndpointsHandler({ endpoints: endpointsOf(options, health), others, cors, log }),
  ];
}

function endpointsOf({ clock, info, v1, v2 }: HttpServerOptions, health: Health): Endpoints {
  return {
    ...healthEndpoints(health),
    ...standardEndpoints(clock, info),
    ...(v1?.swagger && swaggerEndpoints(v1.base)),
    ...(v2 && openapiEndpoints(v1?.swagger === true)),
  };
}
