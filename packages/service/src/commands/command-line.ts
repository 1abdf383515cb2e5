import { parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import { print, say } from '../process/standard-streams.ts';
import { VERSION } from '../process/version.ts';
import { EXIT_CODE_USAGE, isKnown, isUsage } from './command-failure.ts';

const OPTIONS = {
  config: { type: 'string' },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/**
 * Runs the command `pip-sessions`, with the arguments and the environment of the process. Each command is loaded only
 * when it is used. A command without a name is `serve`.
 */
export async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const [command = '', ...rest] = args;
  if (command === 'help') return serveOrHelp(['--help']);
  if (command === '' || command === 'serve' || isOption(command)) return serveOrHelp(command === 'serve' ? rest : args);
  if (command === 'key' && rest.every((word, at) => at > 0 || isOption(word))) {
    const { keyCommand } = await import('./key.ts');
    return print(keyCommand(rest));
  }
  if (command === 'audit') {
    const { auditCommand } = await import('./audit.ts');
    const { text, code } = await auditCommand(rest);
    await print(text);
    process.exit(code);
  }
  if (command === 'export' || command === 'import') process.exit(await transfer(command, rest));
  const { operatorCommand } = await import('./operator/operator-command.ts');
  process.exit(await operatorCommand(args, process.env));
}

async function serveOrHelp(args: readonly string[]): Promise<void> {
  const { config, port, help, version } = serveOptions(args);
  if (help) {
    const { USAGE } = await import('./usage.ts');
    return print(USAGE);
  }
  if (version) return print(`${VERSION}\n`);
  const { serveCommand } = await import('./serve.ts');
  return serveCommand({ ...process.env, ...(port !== undefined && { SESSIONS_PORT: port }) }, config);
}

/** Throws an error that names the probable option if one is unknown. */
function serveOptions(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    const [, unknown] = /^Unknown option '--([^']+)'/.exec((error as Error).message) ?? [];
    const meant = unknown === undefined ? null : nearest(unknown, Object.keys(OPTIONS));
    if (meant !== null) (error as Error).message += ` Did you mean --${meant}?`;
    throw error;
  }
}

function isOption(word: string): boolean {
  return word.startsWith('-');
}

/** Runs `export` or `import` and returns the exit code: 2 for bad arguments or settings. */
async function transfer(command: 'export' | 'import', args: readonly string[]): Promise<number> {
  const [{ exportCommand }, { importCommand }] = await Promise.all([import('./export.ts'), import('./import.ts')]);
  try {
    return await (command === 'export' ? exportCommand : importCommand)(args, process.env);
  } catch (error) {
    if (!isUsage(error) && !(isKnown(error) && error.code === 'INVALID_CONFIG')) throw error;
    say(`pip-sessions: ${error.message}\n`);
    return EXIT_CODE_USAGE;
  }
}
