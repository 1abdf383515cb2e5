import cluster from 'node:cluster';
import { type Config, loadConfig } from '../config/config.ts';
import { readApiKeys, requiresKeys } from '../config/key-file.ts';
import { openNotice } from '../config/open-notice.ts';
import { systemClock } from '../domain/time/clock.ts';
import type { ApiKey } from '../http/authentication/api-keys.ts';
import { ExpiryWatch } from '../http/authentication/expiry-watch.ts';
import { createLogger, type Logger } from '../observability/log.ts';
import type { Tracing } from '../observability/tracing/tracing.ts';
import { EXIT_CODE_FAULT, watchProcessFaults } from '../process/faults.ts';
import { listenForRenewal } from '../process/renewal-signal.ts';
import { say } from '../process/standard-streams.ts';
import { EXIT_CODE_INTERRUPTED, StopSignals } from '../process/stop-signals.ts';
import { VERSION } from '../process/version.ts';
import { WorkerPeers } from '../process/worker-peers.ts';
import { Workers } from '../process/workers.ts';
import { type ServicePeers, startService } from '../service.ts';
import { withoutPassword } from '../stores/shared/store-url.ts';
import { fail } from './command-failure.ts';

/** Maximum time for an orderly end of the process: requests in flight and writes to the disk are finished first. */
const SHUTDOWN_TIMEOUT_MS = 35_000;
/** The worker that starts first. It alone prints the welcome message. */
const FIRST_WORKER = 1;

/** Runs `pip-sessions serve`: serves in this process, or in worker processes. `file` is the YAML file of settings. */
export async function serveCommand(env: NodeJS.ProcessEnv, file: string | undefined): Promise<void> {
  const config = loadConfig(env, file);
  const log = createLogger(config.log_level);
  if (cluster.isPrimary && config.workers > 1) startWorkers(config, log);
  else await serve(config, cluster.isPrimary ? log : log.child({ pid: process.pid }), env);
}

/** Serves in worker processes. */
function startWorkers(config: Config, log: Logger): void {
  const exit = (code: number) => process.exit(code);
  const workers = new Workers({ count: config.workers, log, shutdown_timeout_ms: SHUTDOWN_TIMEOUT_MS, exit });
  new StopSignals({ stop: (signal) => workers.stop(signal), stopNow: () => workers.stopNow() }).listen();
  watchProcessFaults(log, () => workers.stop('SIGTERM', EXIT_CODE_FAULT));
  const expiries = new ExpiryWatch({ keys: () => usableKeys(config), now: systemClock().now, log });
  expiries.start();
  listenForRenewal({
    renew: () => {
      workers.renew();
      expiries.check();
    },
    stop: (signal) => workers.stop(signal),
  });
  workers.start();
}

/** Returns no keys if their file cannot be used: the workers report it. */
function usableKeys(config: Config): readonly ApiKey[] {
  try {
    return readApiKeys(config);
  } catch {
    return [];
  }
}

/** Serves in this process. */
async function serve(config: Config, log: Logger, env: NodeJS.ProcessEnv): Promise<void> {
  // Until it has started, the service reads the files anyway.
  let renew = () => {};
  let stop: (signal: NodeJS.Signals) => void = () => process.exit(EXIT_CODE_INTERRUPTED);
  listenForRenewal({ renew: () => renew(), stop: (signal) => stop(signal) });
  const service = await startService(config, log, cluster.isPrimary ? null : workerPeers(), await tracingOf(env, log));
  renew = () => {
    log.info({ signal: 'SIGHUP', msg: 'reading the files of API keys and certificates again' });
    service.renew();
  };
  stop = (signal: NodeJS.Signals) => {
    log.info({ signal, msg: 'stopping: requests in flight are finished first' });
    setTimeout(() => process.exit(EXIT_CODE_FAULT), SHUTDOWN_TIMEOUT_MS).unref();
    service.stop().then(() => process.exit(0), fail);
  };
  const stopNow = () => {
    // A worker receives signals from the terminal and from the primary. Only the primary decides to stop at once.
    if (cluster.isPrimary) process.exit(EXIT_CODE_INTERRUPTED);
  };
  new StopSignals({ stop, stopNow }).listen();
  watchProcessFaults(log, (end) => void service.stop().then(end, end));
  if (cluster.isPrimary || cluster.worker?.id === FIRST_WORKER) say(welcome(service.url, config));
}

/** Null unless `OTEL_*` variables request traces. */
async function tracingOf(env: NodeJS.ProcessEnv, log: Logger): Promise<Tracing | null> {
  if (!Object.keys(env).some((name) => name.startsWith('OTEL_'))) return null;
  const { startTracing } = await import('../observability/tracing/start-tracing.ts');
  return startTracing(env, log, VERSION);
}

function workerPeers(): ServicePeers {
  return { metrics: new WorkerPeers(process, 'metrics'), keys: new WorkerPeers(process, 'keys') };
}

/** The message for the operator after the start. */
function welcome(url: string, config: Config): string {
  const { store, workers, v1, console: page } = config;
  const open = openNotice(config);
  const key = requiresKeys(config) ? " -H 'authorization: Bearer <key>'" : '';
  const json = "-H 'content-type: application/json'";
  const by = workers > 1 ? ` by ${workers} processes` : '';
  return `Serving sessions on ${url}${by}, stored in ${withoutPassword(store)}. Stop with Ctrl+C.
  API v2     ${url}/v2/sessions              described at ${url}/docs
${v1 === 'off' ? '' : `  API v1     ${url}/v1/sessions/<command>    described at ${url}/swagger\n`}\
${page === 'off' ? '' : `  Console    ${url}/console/\n`}\
  Try it     curl ${url}/v2/sessions${key} ${json} -d '{"user_id":"1"}'
${open === null ? '' : `${open}\n`}`;
}
