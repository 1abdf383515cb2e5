import { Sessions } from '../../packages/service/src/domain/sessions.ts';
import type { SessionsSettings } from '../../packages/service/src/domain/settings.ts';
import type { SessionStore } from '../../packages/service/src/domain/store.ts';
import { ManualClock } from '../../packages/service/src/domain/time/clock.ts';
import { type ApiKey, ApiKeys } from '../../packages/service/src/http/authentication/api-keys.ts';
import { Authenticator } from '../../packages/service/src/http/authentication/authenticate.ts';
import { HttpServer, type HttpServerOptions } from '../../packages/service/src/http/server.ts';
import { createLogger } from '../../packages/service/src/observability/log.ts';
import { MemoryStore } from '../../packages/service/src/stores/memory/store.ts';

/** An HTTP service for one test, with a free port, a manual clock, a memory store and its log lines. */
export interface TestServer {
  readonly url: string;
  /** The use cases that the service calls. */
  readonly sessions: Sessions;
  readonly clock: ManualClock;
  readonly log: readonly Record<string, unknown>[];
  readonly stop: () => Promise<void>;
}

export type TestServerOptions = Partial<HttpServerOptions> & {
  /** Default: a free port. */
  readonly port?: number;
  readonly store?: SessionStore;
  readonly keys?: readonly ApiKey[];
  readonly settings?: Partial<SessionsSettings>;
};

const IDLE_TIMEOUT_MS = 86_400_000;

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const {
    store = new MemoryStore({ sessions_max: 10_000 }),
    keys = [],
    settings = {},
    bounds,
    port = 0,
    ...rest
  } = options;
  const clock = new ManualClock();
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('trace', { write: (line) => void log.push(JSON.parse(line)) });
  const sessions = new Sessions(store, clock, { idle_timeout_ms: IDLE_TIMEOUT_MS, ...settings });
  const server = new HttpServer({
    sessions,
    clock,
    log: logger,
    info: { name: 'sessions', version: '1.2.3', description: 'test', properties: {}, components: [] },
    authenticator: new Authenticator({
      keys: keys.length > 0 ? new ApiKeys(keys) : null,
      ...{ clock, log: logger, audit: options.audit ?? null },
    }),
    v1: { base: '/v1/sessions', needs_key: true, swagger: true },
    v2: { value_limit: 65_536 },
    body_limit: 1_048_576,
    cors_origins: [],
    allowed_hosts: [],
    // Clients of tests keep idle connections open.
    bounds: { stop_grace_ms: 0, ...bounds },
    ...rest,
  });
  return { url: await server.listen('127.0.0.1', port), sessions, clock, log, stop: () => server.close() };
}
