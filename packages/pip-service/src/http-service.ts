import { audienceOf, everythingIsOpen } from '@pip-sessions/service/internal/config/open-notice';
import { Authenticator } from '@pip-sessions/service/internal/http/authentication/authenticate';
import type { StatusInfo } from '@pip-sessions/service/internal/http/endpoints/pip-endpoints';
import { HttpServer, type HttpServerOptions } from '@pip-sessions/service/internal/http/server';
import {
  ConfigParams,
  ConnectionException,
  type IConfigurable,
  InvalidStateException,
  type IOpenable,
  type IReferenceable,
  type IReferences,
  type IUnreferenceable,
} from 'pip-services3-commons-nodex';
import { findLog, SILENT } from './container/console-logger.ts';
import { ContextInfo } from './container/context-info.ts';
import { SessionsController } from './controller.ts';
import { findDependency, findOptional } from './dependencies.ts';
import { badSetting } from './exceptions.ts';
import {
  assertSafeToServe,
  hasAuthority,
  readAllowedHosts,
  readConnection,
  readOrigins,
  readTls,
} from './http-connection.ts';
import { HttpEndpoint } from './http-endpoint.ts';
import { DEFAULTS, textSetting } from './settings.ts';

const BASE_ROUTE = 'v1/sessions';
/**
 * The sections that the service takes from a wired endpoint as a whole, if its own configuration has nothing of the
 * section.
 */
const ENDPOINT_SECTIONS = ['connection', 'credential', 'cors_origins', 'allowed_hosts', 'open_to_network'] as const;

/**
 * API v1, `/status`, `/heartbeat` and `/swagger` over HTTP.
 *
 * Configuration:
 * - `connection.protocol`, `.host`, `.port` (http, 127.0.0.1, 8080; port 0 takes a free one), or `connection.uri`
 * - `open_to_network` (false): must be true for a host beyond loopback
 * - `allowed_hosts` (none): host names of the service in addition to those of loopback, separated by commas
 * - `base_route` (v1/sessions)
 * - `credential.ssl_key_file`, `.ssl_crt_file`, `.ssl_ca_file`: for https; with a CA, clients must have a certificate
 * - `cors_origins` (none): origins whose pages may call the service, separated by commas
 * - `swagger.enable` (true)
 * - `dependencies.controller`: a descriptor (any sessions controller)
 *
 * @example
 * import { SessionsHttpServiceV1 } from '@pip-sessions/pip-service';
 * import { ConfigParams } from 'pip-services3-commons-nodex';
 *
 * const service = new SessionsHttpServiceV1();
 * service.configure(ConfigParams.fromTuples('connection.host', 'localhost', 'connection.port', 8080));
 * // setReferences(…) with a SessionsController, then:
 * await service.open(null);
 * console.log(service.url);
 */
export class SessionsHttpServiceV1 implements IConfigurable, IReferenceable, IUnreferenceable, IOpenable {
  static readonly settings = [...HttpEndpoint.settings, 'base_route', 'swagger.enable', 'dependencies.controller'];
  #config = new ConfigParams();
  #controller: SessionsController | null = null;
  #endpoint: ConfigParams | null = null;
  #info = new ContextInfo();
  #components: () => readonly string[] = () => [];
  #log = SILENT;
  #server: HttpServer | null = null;
  #url: string | null = null;
  #audience = '';

  /** The URL of the service, like `http://127.0.0.1:8080`; null while it is closed. */
  get url(): string | null {
    return this.#url;
  }

  /**
   * The callers that can reach the service, like "every program on this machine": they need no key. Empty before the
   * service was opened.
   */
  get audience(): string {
    return this.#audience;
  }

  /** The port of the service; null while it is closed. */
  get port(): number | null {
    if (this.#url === null) return null;
    const { port, protocol } = new URL(this.#url);
    return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  }

  configure(config: ConfigParams): void {
    this.#config = this.#config.override(config);
  }

  setReferences(references: IReferences): void {
    const controller = findDependency(references, this.#config, 'controller');
    if (!(controller instanceof SessionsController)) {
      throw badSetting('dependencies.controller', 'dependencies.controller must locate a SessionsController.');
    }
    this.#controller = controller;
    const endpoint = findOptional(references, 'endpoint', 'http');
    this.#endpoint = endpoint instanceof HttpEndpoint ? endpoint.config : null;
    const info = findOptional(references, 'context-info');
    if (info instanceof ContextInfo) this.#info = info;
    this.#components = () => references.getAllLocators().map(String);
    this.#log = findLog(references);
  }

  unsetReferences(): void {
    this.#controller = null;
  }

  isOpen(): boolean {
    return this.#server !== null;
  }

  async open(correlationId: string | null): Promise<void> {
    if (this.#server) return;
    if (!this.#controller) {
      const message = 'The sessions HTTP service has no controller: call setReferences first.';
      throw new InvalidStateException(correlationId ?? undefined, 'NOT_WIRED', message);
    }
    const config = this.#effectiveConfig();
    const connection = readConnection(config);
    const { protocol, host, port } = connection;
    assertSafeToServe(config, connection);
    const tls = protocol === 'https' ? await readTls(config) : undefined;
    const options: HttpServerOptions = {
      sessions: this.#controller.sessions,
      clock: this.#controller.clock,
      log: this.#log,
      info: this.#status(),
      // Its clients cannot send a key. The network, or TLS with a CA, must restrict the callers.
      authenticator: new Authenticator({ keys: null, clock: this.#controller.clock, log: this.#log }),
      v1: {
        base: toPath(textSetting(config, 'base_route') ?? BASE_ROUTE),
        needs_key: false,
        swagger: config.getAsBooleanWithDefault('swagger.enable', true),
      },
      v2: null,
      body_limit: DEFAULTS.body_limit,
      cors_origins: readOrigins(config),
      allowed_hosts: [...readAllowedHosts(config), host],
      ...(tls && { tls }),
    };
    try {
      this.#server = new HttpServer(options);
      this.#url = await this.#server.listen(host, port);
    } catch (error) {
      await this.close(correlationId);
      throw cannotListen(correlationId, `${protocol}://${host}:${port}`, error);
    }
    this.#audience = audienceOf(host, hasAuthority(config, connection));
    this.#log.info({ url: this.#url, correlation_id: correlationId ?? undefined, msg: 'started' });
    this.#log.warn({ url: this.#url, msg: everythingIsOpen(this.#audience) });
  }

  /** Stops the service after the requests in flight. */
  async close(_correlationId: string | null): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#url = null;
    await server?.close();
  }

  #effectiveConfig(): ConfigParams {
    const config = new ConfigParams(this.#config);
    for (const section of ENDPOINT_SECTIONS) {
      if (!this.#endpoint || holds(this.#config, section)) continue;
      for (const key of this.#endpoint.getKeys()) {
        if (key === section || key.startsWith(`${section}.`)) config.put(key, this.#endpoint.get(key));
      }
    }
    return config;
  }

  #status(): StatusInfo {
    const { name, version, description, properties } = this.#info;
    return { name, version, description, properties, components: this.#components() };
  }
}

function holds(config: ConfigParams, section: string): boolean {
  return textSetting(config, section) !== null || config.getSection(section).length() > 0;
}

function toPath(route: string): string {
  return `/${route.replace(/^\/+|\/+$/g, '')}`;
}

function cannotListen(correlationId: string | null, url: string, error: unknown): ConnectionException {
  const message = `The sessions HTTP service cannot listen on ${url}: ${(error as Error).message}`;
  const exception = new ConnectionException(correlationId ?? undefined, 'CANNOT_CONNECT', message);
  exception.withDetails('url', url).withCause(error as Error);
  return exception;
}
