import { open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../config/config.ts';
import { invalidConfig, oneOf, type Reader, whole } from '../config/values.ts';
import { systemClock } from '../domain/time/clock.ts';
import { print } from '../process/standard-streams.ts';
import { type Imported, importSessions } from '../transfer/import.ts';
import { interruption } from '../transfer/interruption.ts';
import { say, sentence } from '../transfer/output.ts';
import { FORMATS, readRecords } from '../transfer/records.ts';
import { withStore } from '../transfer/transfer-store.ts';

const USAGE = `Usage: pip-sessions import [--store <url>] [--format <format>] [--from-line <n>] [--idle-timeout <s>]
                           [--config <file.yml>] [<file>]

Adds the sessions of a file, or of the standard input, to a store. Sessions whose id already exists are skipped, so that
an interrupted import can be repeated. No other process may use the file of a sqlite: store meanwhile.

  --store <url>        the store; default the configured one. Put a URL with a password into the configuration
  --format <format>    the format of the file:
                         ndjson         the output of "pip-sessions export" (default)
                         sessions.json  the array that the microservice's file store writes
                         mongoexport    the microservice's collection, by MongoDB's mongoexport with or without
                                        --jsonArray
  --from-line <n>      starts at this line, or at this entry of an array
  --idle-timeout <s>   idle timeout, in seconds, of sessions that have none in the file; default the
                       configured one
  --config <file>      the YAML file of settings

Exit codes: 0 if all sessions were imported, 1 if the import was stopped, 2 for bad arguments.
`;

/**
 * Maximum length of a line, as a multiple of the body limit: `user`, `data` and the rest of a session may each have
 * come in one body, and numbers may be written longer.
 */
const LINE_IN_BODIES = 4;
const PERIOD_MAX = 315_360_000;
const CHUNK_BYTES = 262_144;

/** Runs `pip-sessions import` and returns its exit code. Throws `INVALID_CONFIG` for bad arguments. */
export async function importCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const text = { type: 'string' } as const;
  const options = {
    ...{ store: text, format: text, 'from-line': text, 'idle-timeout': text, config: text },
    help: { type: 'boolean' },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.help) {
    await print(USAGE);
    return 0;
  }
  const loaded = loadConfig(env, values.config);
  const config: Config = values.store === undefined ? loaded : { ...loaded, store: values.store };
  const clock = systemClock();
  const read = {
    format: given('--format', values.format, oneOf(FORMATS)) ?? 'ndjson',
    from: given('--from-line', values['from-line'], whole(1, Number.MAX_SAFE_INTEGER)) ?? 1,
    idle_timeout_ms:
      (given('--idle-timeout', values['idle-timeout'], whole(1, PERIOD_MAX)) ?? config.idle_timeout) * 1000,
    bytes_max: LINE_IN_BODIES * config.body_limit,
    now: clock.now(),
  };
  const signal = interruption();
  const input = addAbortSignal(signal, await inputOf(positionals));
  // The reader gets the errors of the stream. An error before the first read must not end the process.
  input.on('error', () => {});
  const imported = await withStore(config, (store) =>
    importSessions(store, readRecords(input, read), {
      clock,
      signal,
      progress: ({ imported, there_already }) =>
        say(`imported ${imported} sessions, ${there_already} already existed, so far.`),
    }),
  );
  say(summary(imported, read.from));
  return imported.stopped ? 1 : 0;
}

function summary({ imported, there_already, left_out, stopped }: Imported, from: number): string {
  const counts = `mported ${imported} sessions, ${there_already} already existed`;
  const members = left_out.map((name) => JSON.stringify(name)).join(', ');
  const without = members && ` These properties do not exist in a session and were left out: ${members}.`;
  return stopped === null
    ? `i${counts}.${without}`
    : `${stopped.problem} I${counts}; continue with --from-line ${Math.max(stopped.number, from)}.${without}`;
}

async function inputOf([path, ...more]: readonly string[]): Promise<Readable> {
  if (more.length > 0) throw invalidConfig('Only one file can be imported at a time.', 'file');
  if (path === undefined) {
    if (!process.stdin.isTTY) return process.stdin;
    throw invalidConfig('Give the name of the file to import, or send it to the standard input with <.', 'file');
  }
  try {
    const file = await open(path);
    return file.createReadStream({ highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw invalidConfig(`The file cannot be read: ${sentence(error)}`, 'file');
  }
}

function given<T>(name: string, input: string | undefined, read: Reader<T>): T | null {
  if (input === undefined) return null;
  try {
    return read(input);
  } catch (error) {
    throw invalidConfig(`${name} ${(error as Error).message}, but is ${JSON.stringify(input)}.`, name);
  }
}
