import { assertSafeToServe } from './config/checks.ts';
import type { Config } from './config/config.ts';
import { readApiKeys, requiresKeys } from './config/key-file.ts';
import { openNotice } from './config/open-notice.ts';
import { sessionsSettings } from './config/sessions-settings.ts';
import { readTls } from './config/tls.ts';
import { withoutSecrets } from './config/without-secrets.ts';
import { consoleOptions } from './console-options.ts';
import { directLookup } from './domain/session-lookup.ts';
import { Sessions } from './domain/sessions.ts';
import type { SessionStore } from './domain/store.ts';
import { type Clock, systemClock } from './domain/time/clock.ts';
import { CheckedClock } from './domain/time/clock-check.ts';
import { ApiKeys } from './http/authentication/api-keys.ts';
import { Authenticator } from './http/authentication/authenticate.ts';
import { ExpiryWatch } from './http/authentication/expiry-watch.ts';
import type { ProcessKeyUses } from './http/authentication/key-uses.ts';
import type { NearSessions } from './near-sessions/near-sessions.ts';
import type { AuditLog } from './observability/audit/audit-log.ts';
import { ClockWatch } from './observability/clock-watch.ts';
import { type FaultLines, faultLines } from './observability/fault-lines.ts';
import { type Logger, writeToOutput } from './observability/log.ts';
import { LiveSessions } from './observability/metrics/live-sessions.ts';
import { MeasuredStore } from './observability/metrics/measured-store.ts';
import { type MetricsPeers, ServiceMetrics } from './observability/metrics/service-metrics.ts';
import type { Peers } from './observability/peers.ts';
import type { Tracing } from './observability/tracing/tracing.ts';
import { VERSION } from './process/version.ts';
import { Renewal } from './renewal/renewal.ts';
import { createStore } from './stores/create-store.ts';
import { isSharedStore, type StoreReport, schemeOf, withoutPassword } from './stores/shared/store-url.ts';
import { Sweeper } from './sweeper.ts';

/** A service that runs in this process. */
export interface RunningService {
  /** The URL of the service, like `http://127.0.0.1:8080`. */
  readonly url: string;
  /** The use cases, for callers in the same process. */
  readonly sessions: Sessions;
  /** Reads the files of TLS and of API keys again. A file that cannot be used changes nothing, and is logged. */
  readonly renew: () => void;
  /** Stops the service: finishes requests in flight, then pending writes. */
  readonly stop: () => Promise<void>;
}

/** The other processes that serve the same port. They exchange what the node shows as one. */
export interface ServicePeers {
  readonly metrics: MetricsPeers;
  readonly keys: Peers<ProcessKeyUses>;
}

/**
 * Starts the service in this process: store, use cases, sweeper and HTTP server. `config.workers` has no effect here;
 * only the command starts workers.
 *
 * `peers` are the other processes that serve the same port; `/metrics` and `/v2/keys` add them up.
 * `tracing` records traces, and is stopped with the service.
 *
 * If it rejects, nothing is left running. It rejects with:
 * - `INVALID_CONFIG` or `STORE_UNUSABLE`
 * - `STORE_UNAVAILABLE` if the store does not respond within its timeout
 * - the system's error if it cannot listen on the address
 *
 * @example
 * import { createLogger, loadConfig, startService } from '@pip-sessions/service';
 *
 * const service = await startService(loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0' }), createLogger('warn'));
 * console.log(service.url);
 * await service.stop();
 */
export async function startService(
  config: Config,
  log: Logger,
  peers: ServicePeers | null = null,
  tracing: Tracing | null = null,
): Promise<RunningService> {
  assertSafeToServe(config);
  const tls = readTls(config);
  const keys = requiresKeys(config) ? new ApiKeys(readApiKeys(config)) : null;
  const clock = new CheckedClock(systemClock());
  const settings = sessionsSettings(config);
  const faults = faultLines(log);
  const warn = (msg: string) => log.warn({ event: 'feed_message_ignored', msg });
  const report = ({ level, ...line }: StoreReport) => (level === 'info' ? log.info(line) : faults.write(level, line));
  const audit = await auditOf(config, clock, faults);
  const metrics = config.metrics === 'off' ? null : new ServiceMetrics(peers?.metrics ?? null);
  const bare = await createStore(config.store, { ...settings, clock, warn, report });
  const created = tracing?.store(bare, schemeOf(config.store)) ?? bare;
  const measured = metrics && new MeasuredStore(created);
  const store = measured ?? created;
  const clocks = new ClockWatch(clock, store, log);
  const opened = store.open();
  opened.catch(() => {});
  try {
    // Half of the service's modules. The store opens in another thread meanwhile.
    const { HttpServer } = await import('./http/server.ts');
    const touchFailed = (error: unknown) =>
      faults.write('warn', {
        err: error,
        msg: 'activity of a session was not written; the next request with it tries again',
      });
    const near = await nearSessions(config, store);
    const consoleKeys = () => (keys?.all ?? []).map(({ name }) => name);
    const sessions = new Sessions(store, clock, settings, touchFailed, near ?? directLookup(store), consoleKeys);
    const gaps = gapCount(config, store);
    const live = new LiveSessions(async () => (await sessions.stats()).live);
    const sweeper = new Sweeper(sessions, config.sweep_interval * 1000, log, clocks);
    const server = new HttpServer({
      sessions,
      clock,
      log,
      info: {
        name: 'sessions',
        version: VERSION,
        description: 'User sessions microservice',
        properties: {},
        components: [],
      },
      authenticator: new Authenticator({
        keys,
        clock,
        log,
        audit,
        metrics_token: config.metrics_token,
        counts: metrics?.incidents ?? null,
      }),
      audit,
      metrics,
      adminConsole:
        config.console === 'off'
          ? null
          : consoleOptions(config, { store, live, near, gaps, swept: () => sweeper.swept }),
      key_peers: peers?.keys ?? null,
      tracing,
      v1: config.v1 === 'off' ? null : { base: '/v1/sessions', needs_key: config.v1 === 'keys', swagger: true },
      v2: { value_limit: config.value_limit },
      body_limit: config.body_limit,
      log_reads: config.log_reads,
      cors_origins: config.cors_origins,
      allowed_hosts: [...config.allowed_hosts, config.host],
      bounds: {
        connections_max: config.connections_max,
        caller_share: config.caller_share / 100,
        idle_timeout_ms: config.connection_idle_timeout * 1000,
      },
      ...(tls && { tls }),
    });
    if (metrics && measured) {
      metrics.readFrom({
        version: VERSION,
        store_kind: schemeOf(config.store),
        clock,
        store: measured,
        sessions,
        live,
        http: () => server.figures(),
        gaps,
        cache: near && (() => near.stats()),
        swept: () => sweeper.swept,
        sweep_interval_s: config.sweep_interval,
      });
    }
    await opened;
    await clocks.start();
    const url = await server.listen(config.host, config.port);
    sweeper.start();
    // The primary of several workers warns for all of them.
    const expiries =
      peers === null ? new ExpiryWatch({ keys: () => keys?.all ?? [], now: () => clock.now(), log }) : null;
    log.info({ url, store: withoutPassword(config.store), msg: 'started' });
    audit?.write('started', {
      version: VERSION,
      pid: process.pid,
      settings: withoutSecrets({ ...config, api_keys: keys?.all ?? [] }),
    });
    expiries?.start();
    const renewal = new Renewal({
      config,
      tls,
      useTls: (next) => server.useTls(next),
      keys,
      keysRenewed: ({ removed }) => {
        server.endStreamsOf(removed);
        expiries?.check();
      },
      log,
      audit,
    });
    await renewal.start();
    const open = openNotice(config);
    if (open !== null) log.warn({ event: 'open_without_key', msg: open });
    return {
      url,
      sessions,
      renew: () => renewal.renew(),
      stop: async () => {
        try {
          renewal.stop();
          expiries?.stop();
          await server.close();
          await sweeper.stop();
          clocks.stop();
          await sessions.settled();
        } finally {
          await store.close();
          await tracing?.stop();
        }
        audit?.write('stopped', { pid: process.pid });
        audit?.close();
        log.info({ msg: 'stopped' });
        log.flush();
      },
    };
  } catch (error) {
    await opened.catch(() => {});
    clocks.stop();
    await store.close();
    throw error;
  }
}

/** The audit log of the settings. Rejects with `INVALID_CONFIG` if it cannot be opened. */
async function auditOf({ audit }: Config, clock: Clock, faults: FaultLines): Promise<AuditLog | null> {
  if (audit === null) return null;
  const { openAudit } = await import('./observability/audit/open-audit.ts');
  const onFault = (err: unknown) => faults.write('error', { err, msg: 'the audit log cannot be written' });
  return openAudit(audit, clock, { write: writeToOutput, onFault });
}

/** Approximate maximum memory for the cached sessions of a node. */
const CACHED_BYTES_MAX = 134_217_728;

/** Null for a store that only this process uses: it has its own cache. */
async function nearSessions(
  { store: url, cached_sessions }: Config,
  store: SessionStore,
): Promise<NearSessions | null> {
  if (!isSharedStore(url) || cached_sessions === 0) return null;
  const { NearSessions } = await import('./near-sessions/near-sessions.ts');
  return new NearSessions(store, { sessions_max: cached_sessions, bytes_max: CACHED_BYTES_MAX });
}

/** Returns a function that returns the number of gaps. The feed of a store in this process is not watched for them. */
function gapCount({ store: url }: Config, store: SessionStore): () => number {
  let gaps = 0;
  if (isSharedStore(url)) {
    store.watch(({ type }) => {
      if (type === 'gap') gaps += 1;
    });
  }
  return () => gaps;
}
