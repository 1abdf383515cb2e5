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

Puts the sessions of a file, or of the standard input, into a store. One whose id is there already is left as it is, so
that an import that was stopped can be run again. Nobody else may have the file of a sqlite: store meanwhile.

  --store <url>        the store; the configured one if left out, which is where a URL with a password belongs
  --format <format>    what the file is:
                         ndjson         what "pip-sessions export" writes (default)
                         sessions.json  the array that the microservice's file store writes
                         mongoexport    the microservice's collection, by MongoDB's mongoexport with or without
                                        --jsonArray
  --from-line <n>      goes on at this line; of an array, at this entry
  --idle-timeout <s>   seconds without activity that end a session, for those that do not say; the configured ones if
                       left out
  --config <file>      the YAML file of settings

Ends with 0 when all are imported, 1 when it was stopped, 2 when it could not begin with these arguments.
`;

/** A line holds `user`, `data` and the rest, each of which came in one body, and numbers may be written longer. */
const LINE_IN_BODIES = 4;
const PERIOD_MAX = 315_360_000;
const CHUNK_BYTES = 262_144;

/** Runs `pip-sessions import` and answers its exit code. Throws `INVALID_CONFIG` for arguments that cannot be. */
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
  // Who reads hears of its faults; until then nobody listens.
  input.on('error', () => {});
  const imported = await withStore(config, (store) =>
    importSessions(store, readRecords(input, read), {
      clock,
      signal,
      progress: ({ imported, there_already }) => say(`imported ${imported}, there already ${there_already} so far.`),
    }),
  );
  say(summary(imported, read.from));
  return imported.stopped ? 1 : 0;
}

function summary({ imported, there_already, left_out, stopped }: Imported, from: number): string {
  const counts = `mported ${imported}, there already ${there_already}`;
  const members = left_out.map((name) => JSON.stringify(name)).join(', ');
  const without = members && ` Sessions have no member ${members}: it was left out.`;
  return stopped === null
    ? `i${counts}.${without}`
    : `${stopped.problem} I${counts}; go on with --from-line ${Math.max(stopped.number, from)}.${without}`;
}

async function inputOf([path, ...more]: readonly string[]): Promise<Readable> {
  if (more.length > 0) throw invalidConfig('One file can be imported at a time.', 'file');
  if (path === undefined) {
    if (!process.stdin.isTTY) return process.stdin;
    throw invalidConfig('Name the file to import, or send it to the standard input with <.', 'file');
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
    throw invalidConfig(`${name} ${(error as Error).message}, and is ${JSON.stringify(input)}.`, name);
  }
}
