import { parseArgs } from 'node:util';
import { type Config, configHelp, loadConfig } from './config.ts';
import { SessionsError } from './domain/errors.ts';
import { keyCommand } from './key-command.ts';
import { createLogger } from './observability/log.ts';
import { startService } from './service.ts';

const USAGE = `Usage: pip-sessions [--config <file.yml>]
       pip-sessions key --name <name> --scope <scope>

Serves user sessions over HTTP, or makes an API key for its callers. Settings come from the environment, or from the
YAML file under the same names in lower case without the prefix:

${configHelp()
  .map(({ variable, help, value }) => `  ${variable.padEnd(25)} ${help} (default ${value})`)
  .join('\n')}
`;

/** How long the end of a process may take, with requests in flight and writes on their way to the disk. */
const SHUTDOWN_TIMEOUT_MS = 35_000;

/** Runs the command `pip-sessions`, with the arguments and the environment of the process. */
export async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'key') {
    process.stdout.write(keyCommand(rest));
    return;
  }
  const options = { config: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { config: file, help } = parseArgs({ options }).values;
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const config = loadConfig(process.env, file);
  const log = createLogger(config.log_level);
  const service = await startService(config, log);
  process.stderr.write(welcome(service.url, config));

  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(130);
    stopping = true;
    log.info({ signal, msg: 'stopping: requests in flight are finished first' });
    setTimeout(() => process.exit(1), SHUTDOWN_TIMEOUT_MS).unref();
    service.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Where to go next. */
function welcome(url: string, { store, api_keys, v1 }: Config): string {
  const key = api_keys.length > 0 ? " -H 'authorization: Bearer <key>'" : '';
  const json = "-H 'content-type: application/json'";
  return `Sessions are served on ${url}, kept in ${store}. Stop with Ctrl+C.
  API v2     ${url}/v2/sessions              described at ${url}/docs
${v1 === 'off' ? '' : `  API v1     ${url}/v1/sessions/<command>    described at ${url}/swagger\n`}\
  Try it     curl ${url}/v2/sessions${key} ${json} -d '{"user_id":"1"}'
`;
}

/** Says in one line what stops the process, where it is known, and ends it with 1. */
export function fail(error: unknown): void {
  const known = error instanceof SessionsError || (error instanceof Error && 'code' in error);
  process.stderr.write(
    known ? `pip-sessions: ${error.message}\n` : `pip-sessions: ${(error as Error).stack ?? error}\n`,
  );
  process.exit(1);
}
