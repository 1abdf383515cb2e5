import cluster from 'node:cluster';
import { parseArgs } from 'node:util';
import { type Config, configHelp, loadConfig } from '../config/config.ts';
import { openNotice } from '../config/open-notice.ts';
import { createLogger, type Logger } from '../observability/log.ts';
import { EXIT_CODE_FAULT, watchProcessFaults } from '../process/faults.ts';
import { EXIT_CODE_READER_GONE, print, ReaderGone, say } from '../process/standard-streams.ts';
import { EXIT_CODE_INTERRUPTED, StopSignals } from '../process/stop-signals.ts';
import { VERSION } from '../process/version.ts';
import { WorkerPeers } from '../process/worker-metrics.ts';
import { Workers } from '../process/workers.ts';
import { startService } from '../service.ts';
import { withoutPassword } from '../stores/shared/store-url.ts';
import { keyCommand } from './key.ts';

const USAGE = `Usage: pip-sessions [--config <file.yml>] [--port <number>]
       pip-sessions key --name <name> --scope <scope>
       pip-sessions audit verify <file>
       pip-sessions export [--store <url>] > sessions.ndjson
       pip-sessions import [--store <url>] [--format <format>] < sessions.ndjson
       pip-sessions --version

Serves user sessions over HTTP, creates API keys, checks audit logs, or moves sessions between stores. Each command has --help.
Settings come from the environment, or from the YAML file with the same names in lower case without the prefix:

${configHelp()
  .map(({ variable, help, value }) => `  ${variable.padEnd(25)} ${help} (default ${value})`)
  .join('\n')}
`;

const OPTIONS = {
  config: { type: 'string' },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** Maximum time for an orderly end of the process: requests in flight and writes to the disk are finished first. */
const SHUTDOWN_TIMEOUT_MS = 35_000;
/** The worker that starts first. It alone prints the welcome message. */
const FIRST_WORKER = 1;

/** Runs the command `pip-sessions`, with the arguments and the environment of the process. */
export async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'key') {
    await print(keyCommand(rest));
    return;
  }
  if (command === 'audit') {
    const { auditCommand } = await import('./audit.ts');
    const { text, code } = await auditCommand(rest);
    await print(text);
    process.exit(code);
  }
  if (command === 'export' || command === 'import') process.exit(await transfer(command, rest));
  const { config: file, port, help, version } = parseArgs({ options: OPTIONS }).values;
  if (help || version) {
    await print(help ? USAGE : `${VERSION}\n`);
    return;
  }
  const config = loadConfig({ ...process.env, ...(port !== undefined && { SESSIONS_PORT: port }) }, file);
  const log = createLogger(config.log_level);
  if (cluster.isPrimary && config.workers > 1) startWorkers(config.workers, log);
  else await serve(config, cluster.isPrimary ? log : log.child({ pid: process.pid }));
}

/** Serves in worker processes. */
function startWorkers(count: number, log: Logger): void {
  const exit = (code: number) => process.exit(code);
  const workers = new Workers({ count, log, shutdown_timeout_ms: SHUTDOWN_TIMEOUT_MS, exit });
  new StopSignals({ stop: (signal) => workers.stop(signal), stopNow: () => workers.stopNow() }).listen();
  watchProcessFaults(log, () => workers.stop('SIGTERM', EXIT_CODE_FAULT));
  workers.start();
}

/** Serves in this process. */
async function serve(config: Config, log: Logger): Promise<void> {
  const service = await startService(config, log, cluster.isPrimary ? null : new WorkerPeers(process));
  const stop = (signal: NodeJS.Signals) => {
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

/** The message for the operator after the start. */
function welcome(url: string, config: Config): string {
  const { store, workers, api_keys, v1 } = config;
  const open = openNotice(config);
  const key = api_keys.length > 0 ? " -H 'authorization: Bearer <key>'" : '';
  const json = "-H 'content-type: application/json'";
  const by = workers > 1 ? ` by ${workers} processes` : '';
  return `Serving sessions on ${url}${by}, stored in ${withoutPassword(store)}. Stop with Ctrl+C.
  API v2     ${url}/v2/sessions              described at ${url}/docs
${v1 === 'off' ? '' : `  API v1     ${url}/v1/sessions/<command>    described at ${url}/swagger\n`}\
  Try it     curl ${url}/v2/sessions${key} ${json} -d '{"user_id":"1"}'
${open === null ? '' : `${open}\n`}`;
}

/** The exit code for bad arguments. */
const EXIT_CODE_USAGE = 2;

/** Runs `export` or `import` and returns the exit code: 2 for bad arguments or settings. */
async function transfer(command: 'export' | 'import', args: readonly string[]): Promise<number> {
  // Loaded only for these commands.
  const [{ exportCommand }, { importCommand }] = await Promise.all([import('./export.ts'), import('./import.ts')]);
  try {
    return await (command === 'export' ? exportCommand : importCommand)(args, process.env);
  } catch (error) {
    if (!isUsage(error) && !(isKnown(error) && error.code === 'INVALID_CONFIG')) throw error;
    say(`pip-sessions: ${error.message}\n`);
    return EXIT_CODE_USAGE;
  }
}

/**
 * Prints why the process stops and ends it with 1, or with 2 for bad arguments. A known error is printed without its
 * stack.
 */
export function fail(error: unknown): void {
  if (error instanceof ReaderGone) process.exit(EXIT_CODE_READER_GONE);
  if (isUsage(error)) {
    say(`pip-sessions: ${error.message}\nTry "pip-sessions --help".\n`);
    process.exit(EXIT_CODE_USAGE);
  }
  say(isKnown(error) ? `pip-sessions: ${error.message}\n` : `pip-sessions: ${(error as Error).stack ?? error}\n`);
  process.exit(1);
}

function isUsage(error: unknown): error is Error {
  return isKnown(error) && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

function isKnown(error: unknown): error is Error & { readonly code: unknown } {
  return error instanceof Error && 'code' in error;
}
