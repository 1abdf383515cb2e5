import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import type { Sessions } from '../domain/sessions.ts';
import type { Clock } from '../domain/time/clock.ts';
import type { AuditLog } from '../observability/audit/audit-log.ts';
import type { Logger } from '../observability/log.ts';
import type { HttpFigures } from '../observability/metrics/http-figures.ts';
import { newRequest, type RequestCounts } from '../observability/metrics/request-counts.ts';
import type { Peers } from '../observability/peers.ts';
import type { Tracing } from '../observability/tracing/tracing.ts';
import type { Authenticator } from './authentication/authenticate.ts';
import { keyUses, type ProcessKeyUses } from './authentication/key-uses.ts';
import { DEFAULT_BOUNDS, type HttpBounds, shareOf } from './bounds.ts';
import { ChangeFeed, LISTENERS_MAX } from './changes/change-feed.ts';
import { IncidentLog } from './clients/incident-log.ts';
import { Connections, type Serve } from './connections/connections.ts';
import { createConsoleHandler } from './console/handler.ts';
import type { ConsoleOptions, NodeState } from './console/options.ts';
import { CONSOLE_PATHS } from './console/routes.ts';
import { Cors } from './cors.ts';
import { documentEndpoints } from './documents/endpoints.ts';
import { createEndpointsHandler, type Endpoints, requestPath } from './endpoints/endpoints.ts';
import type { FixedPath } from './endpoints/fixed-routes.ts';
import { Health, healthEndpoints } from './endpoints/health.ts';
import { landingEndpoints } from './endpoints/landing.ts';
import { type HttpMetrics, metricsEndpoint } from './endpoints/metrics-endpoint.ts';
import { type StatusInfo, standardEndpoints } from './endpoints/pip-endpoints.ts';
import { ErrorResponses } from './error-response.ts';
import { listenError } from './listen-error.ts';
import { NO_SNIFFING } from './media-type.ts';
import { createNodeServer, type Tls } from './node-server.ts';
import { OpenAccess } from './open-access.ts';
import type { Handler } from './request-handler.ts';
import { RequestLog } from './request-log.ts';
import { RouteNames } from './route-names.ts';
import { originForm } from './target.ts';
import { createV1Handler, v1Paths } from './v1/handler.ts';
import { createV2Handler, type V2Options } from './v2/handler.ts';
import { isV2, v2Paths } from './v2/router.ts';
import { assertWellFormed } from './well-formed.ts';

export interface HttpServerOptions {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly info: StatusInfo;
  /** Authenticates the callers of API v2, and of API v1 if it requires keys. */
  readonly authenticator: Authenticator;
  /** API v1; null if it is not served. */
  readonly v1: V1ServerOptions | null;
  /** API v2; null if it is not served. */
  readonly v2: Pick<V2Options, 'value_limit'> | null;
  /** The largest body that is read, in bytes; a larger one is rejected with 413. */
  readonly body_limit: number;
  /** The origins whose pages may call the service. */
  readonly cors_origins: readonly string[];
  /**
   * Host names allowed in requests without a key, in addition to those of loopback; `*.example.com` matches all names
   * below.
   */
  readonly allowed_hosts: readonly string[];
  /** The audit log; absent for none. */
  readonly audit?: AuditLog | null;
  /** The percentage of reads that the log has at the level `info`; default 0. */
  readonly log_reads?: number;
  /** If absent, the server uses plain HTTP. */
  readonly tls?: Tls;
  /** Bounds that differ from the defaults. */
  readonly bounds?: Partial<HttpBounds>;
  /** Counts requests, and is served at `/metrics`. If absent, nothing is counted and the path is not served. */
  readonly metrics?: HttpMetrics | null;
  /** The console, for a service with API v2. If absent, it is not served. */
  readonly adminConsole?: ConsoleOptions | null;
  /** Records traces; absent for none. */
  readonly tracing?: Tracing | null;
  /** The other processes of this node, with their uses of the API keys; absent if there are none. */
  readonly key_peers?: Peers<ProcessKeyUses> | null;
}

interface V1ServerOptions {
  /** The path of the commands, like `/v1/sessions`. */
  readonly base: string;
  /** Whether it requires keys; clients of Pip.Services have none. */
  readonly needs_key: boolean;
  /** Whether its document is served at `/swagger`. */
  readonly swagger: boolean;
}

const CLOSE_IDLE_INTERVAL_MS = 20;

/** The HTTP server of the service. `listen` starts it; `close` stops it after the requests in flight. */
export class HttpServer {
  readonly #server: Server;
  readonly #connections: Connections;
  readonly #bounds: HttpBounds;
  readonly #changes: ChangeFeed;
  readonly #health: Health;
  readonly #protocol: 'http' | 'https';
  readonly #onAcceptError: (error: NodeJS.ErrnoException) => void;

  constructor(options: HttpServerOptions) {
    const { sessions, clock, log, tls } = options;
    const audit = options.audit ?? null;
    const { requests: counts = null, incidents: incidentCounts = null } = options.metrics ?? {};
    const incidents = new IncidentLog(log, clock, audit, incidentCounts);
    this.#bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
    this.#changes = new ChangeFeed({
      source: sessions,
      accepts: (key) => options.authenticator.accepts(key),
      onSlow: (address) => incidents.write({ event: 'slow_listener' }, address),
      bounds: { listeners_of_caller_max: shareOf(this.#bounds, LISTENERS_MAX) },
    });
    this.#health = new Health(() => sessions.ping(), log, clock);
    this.#protocol = tls ? 'https' : 'http';
    this.#onAcceptError = ({ code = '' }) => incidents.write({ event: 'accept_failed', code }, '');
    this.#connections = new Connections(this.#bounds, incidents);
    const open = new OpenAccess({ ...options, protocol: this.#protocol, incidents });
    const endpoints = endpointsOf(options, this.#health);
    const errors = new ErrorResponses(incidents, new RouteNames(pathsOf(options, endpoints)));
    const requests = new RequestLog(log, options.log_reads ?? 0, audit);
    const node = { health: this.#health, http: () => this.figures(), incidents: incidentCounts, started: clock.now() };
    const shared = { open, incidents, requests, errors, endpoints, counts, node, changes: this.#changes };
    const handlers = createHandlers({ ...options, ...shared });
    const serve = serveWith(handlers, options.authenticator.isOpen ? open : null, errors, counts);
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      this.#connections.takeTurn(request, response, serve);
    this.#server = createNodeServer(listener, this.#bounds, tls);
    this.#server.on('checkExpectation', (request, response) =>
      this.#connections.takeTurn(request, response, failExpectation),
    );
    this.#server.on('connect', (_request, socket) => errors.refuseTunnel(socket as Socket));
    this.#server.on('clientError', (error, socket) => errors.refuseConnection(error, socket as Socket));
    this.#connections.watch(this.#server, tls !== undefined);
  }

  /**
   * Starts to accept connections; port 0 takes a free one. Returns the URL for callers. Rejects with the system's
   * error; its message says what to do.
   */
  async listen(host: string, port: number): Promise<string> {
    this.#server.listen({ host, port });
    await once(this.#server, 'listening').catch((error: NodeJS.ErrnoException) => {
      throw listenError(error, host, port);
    });
    this.#server.on('error', (error) => this.#onAcceptError(error));
    const address = this.#server.address() as AddressInfo;
    const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `${this.#protocol}://${name}:${address.port}`;
  }

  /** New connections use this certificate, and these authorities for clients. Has no effect on a server without TLS. */
  useTls(tls: Tls): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(tls);
  }

  /** Ends the change streams of these keys, by their names. */
  endStreamsOf(keys: readonly string[]): void {
    this.#changes.endOf(keys);
  }

  /** Returns the state of the server, for the metrics. */
  figures(): HttpFigures {
    return {
      connections: this.#connections.size,
      connections_max: this.#bounds.connections_max,
      listeners: this.#changes.size,
      listeners_max: LISTENERS_MAX,
      delivery_s: this.#changes.delivery_s,
      isReady: async () => (await this.#health.readiness()).status === 'ok',
    };
  }

  /**
   * Stops the server: `/readyz` fails from now on, new connections are rejected, and requests in flight are finished.
   */
  async close(): Promise<void> {
    const server = this.#server;
    this.#health.stop();
    this.#changes.close();
    if (!server.listening) return;
    const closed = once(server, 'close');
    const grace_ms = this.#connections.stop();
    const cutOff = setTimeout(() => this.#connections.destroyAll(), this.#bounds.request_timeout_ms);
    // `close` of Node's HTTP server would also close the connections that are idle now.
    NetServer.prototype.close.call(server);
    let closeIdle: NodeJS.Timeout | undefined;
    const grace = setTimeout(() => {
      server.close();
      // The connections of requests in flight become idle later.
      closeIdle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_INTERVAL_MS);
    }, grace_ms);
    await closed;
    for (const timer of [grace, cutOff, closeIdle]) clearTimeout(timer);
  }
}

/**
 * Returns a function that passes a request to one handler after the other until one serves it. The last one serves all.
 */
function serveWith(
  handlers: readonly Handler[],
  open: OpenAccess | null,
  errors: ErrorResponses,
  counts: RequestCounts | null,
): Serve {
  return (request, response) => {
    try {
      assertWellFormed(request);
      open?.assertAllowed(request);
      request.url = originForm(request.url ?? '');
      for (const take of handlers) if (take(request, response)) return;
    } catch (error) {
      const status = errors.send(error, request, response, isV2(request.url ?? '') ? 'problem' : 'v1');
      counts?.ended(newRequest(), status);
    }
  };
}

/** Rejects an unsupported expectation (RFC 9110, 10.1.1). Node's own response would not wait for those before it. */
function failExpectation(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(417, { 'content-length': 0, ...NO_SNIFFING }).end();
}

interface HandlerOptions extends HttpServerOptions {
  readonly open: OpenAccess;
  readonly incidents: IncidentLog;
  readonly requests: RequestLog;
  readonly errors: ErrorResponses;
  readonly endpoints: Endpoints;
  readonly changes: ChangeFeed;
  readonly counts: RequestCounts | null;
  readonly node: NodeState;
}

function createHandlers(options: HandlerOptions): readonly Handler[] {
  const {
    authenticator,
    open,
    v1,
    endpoints,
    errors,
    counts,
    adminConsole,
    clock,
    key_peers = null,
    tracing = null,
  } = options;
  const uses = keyUses({ keys: authenticator.keys, now: () => clock.now(), peers: key_peers });
  const cors = new Cors(options.cors_origins);
  const shared = { ...options, cors, tracing };
  const v2 = options.v2 && createV2Handler({ ...shared, value_limit: options.v2.value_limit, keyUses: uses });
  const others = new Map(v1 ? v1Paths(v1.base).map((path) => [path, 'POST']) : []);
  return [
    ...(v1 ? [createV1Handler({ ...shared, base: v1.base, access: v1.needs_key ? authenticator : open })] : []),
    ...(v2 ? [v2] : []),
    ...(v2 && adminConsole ? [createConsoleHandler({ ...options, adminConsole, v2 })] : []),
    createEndpointsHandler({ endpoints, v1_base: v1?.base ?? '', authenticator, others, cors, errors, counts }),
  ];
}

/** Returns every path that a request may have. */
function pathsOf({ v1 }: HttpServerOptions, endpoints: Endpoints): string[] {
  const fixed = (Object.keys(endpoints) as FixedPath[]).map((path) => requestPath(path, v1?.base ?? ''));
  return [...fixed, ...CONSOLE_PATHS, ...v2Paths(), ...(v1 ? v1Paths(v1.base) : [])];
}

/** Returns the fixed routes that this service serves. */
export function endpointsOf(
  {
    clock,
    info,
    v1,
    v2,
    metrics,
    adminConsole,
  }: Pick<HttpServerOptions, 'clock' | 'info' | 'v1' | 'v2' | 'metrics' | 'adminConsole'>,
  health: Health,
): Endpoints {
  const endpoints = {
    ...healthEndpoints(health),
    ...standardEndpoints(clock, info),
    ...(metrics && metricsEndpoint(metrics)),
    ...documentEndpoints({ v1_base: v1?.swagger ? v1.base : null, hasV2: v2 !== null }),
  };
  const paths = Object.keys(endpoints) as FixedPath[];
  // The original of API v1 has no first page.
  const landing = v2 ? landingEndpoints({ info, hasConsole: Boolean(adminConsole), paths }) : {};
  return { ...landing, ...endpoints };
}
