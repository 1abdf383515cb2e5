import { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../config/config.ts';
import { sessionsSettings } from '../config/sessions-settings.ts';
import { invalidConfig, oneOf, type Reader, whole } from '../config/values.ts';
import { systemClock } from '../domain/time/clock.ts';
import { print } from '../process/standard-streams.ts';
import { type Imported, importSessions } from '../transfer/import.ts';
import { interruption } from '../transfer/interruption.ts';
import { isOldFormat, OLD_FORMAT_NAMES } from '../transfer/old-stores/formats.ts';
import { importOldSessions, type OldImportCounts, type OldImported } from '../transfer/old-stores/import.ts';
import { say, sentence } from '../transfer/output.ts';
import { FORMATS, readRecords } from '../transfer/records.ts';
import { withAuditedStore } from './command-audit.ts';
import { progressOf } from './progress.ts';

const USAGE = `Usage: pip-sessions import [--store <url>] [--format <format>] [--from-line <n>] [--idle-timeout <s>]
                           [--user <path>] [--prefix <text>] [--marker <name>] [--config <file.yml>] [<file>]

Adds the sessions of a file, or of the standard input, to a store. Sessions whose id already exists are skipped, so that
an interrupted import can be repeated. No other process may use the file of a sqlite: store meanwhile.

  --store <url>        the store; default the configured one. Put a URL with a password into the configuration
  --format <format>    the format of the file:
                         ndjson         the output of "pip-sessions export" (default)
                         sessions.json  the array that the microservice's file store writes
                         mongoexport    the microservice's collection, by MongoDB's mongoexport with or without
                                        --jsonArray
                         connect-redis, connect-pg-simple, connect-mongo, memorystore
                                        a dump of a store for express-session or @fastify/session; docs/migration.md
                                        shows how to make it. Users stay signed in
  --from-line <n>      starts at this line, or at this entry of an array
  --idle-timeout <s>   idle timeout, in seconds, of sessions that have none in the file; default the
                       configured one
  --config <file>      the YAML file of settings

For dumps of stores:
  --user <path>        where a session has the id of its user, like user.id; default userId, else passport.user.id,
                       else passport.user. Pass the same as the option user_id to the new store
  --prefix <text>      the prefix of the keys of connect-redis; default sess:
  --marker <name>      the option marker of the new store; default express-session. For @fastify/session:
                       fastify-session

Exit codes: 0 if all sessions were imported, 1 if the import was stopped or a line was bad, 2 for bad arguments.
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
    ...{ user: text, prefix: text, marker: text },
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
  const format = given('--format', values.format, oneOf([...FORMATS, ...OLD_FORMAT_NAMES])) ?? 'ndjson';
  const isOld = isOldFormat(format);
  for (const name of ['user', 'prefix', 'marker'] as const) {
    const isOther = !isOld || (name === 'prefix' && format !== 'connect-redis');
    if (values[name] === undefined || !isOther) continue;
    throw invalidConfig(`--${name} has no meaning for --format ${format}; leave it out.`, name);
  }
  const read = {
    from: given('--from-line', values['from-line'], whole(1, Number.MAX_SAFE_INTEGER)) ?? 1,
    idle_timeout_ms:
      (given('--idle-timeout', values['idle-timeout'], whole(1, PERIOD_MAX)) ?? config.idle_timeout) * 1000,
    bytes_max: LINE_IN_BODIES * config.body_limit,
    now: clock.now(),
  };
  const signal = interruption();
  const { stream, bytes } = await inputOf(positionals);
  const input = addAbortSignal(signal, stream);
  const progress = progressOf(bytes);
  const bytesRead = () => (input instanceof ReadStream ? input.bytesRead : 0);
  // The reader gets the errors of the stream. An error before the first read must not end the process.
  input.on('error', () => {});
  if (isOld) {
    const { from, bytes_max, idle_timeout_ms, now } = read;
    const settings = { ...sessionsSettings(config), idle_timeout_ms };
    const { user, prefix = 'sess:', marker = 'express-session' } = values;
    const user_path = user === undefined ? null : given('--user', user, pathOf);
    const convert = { marker, user_path, settings, value_bytes_max: config.value_limit, now };
    const showOld = (counts: OldImportCounts) =>
      progress.show(bytesRead(), counts.users + counts.visitors, `imported ${oldCounts(counts)}`);
    const reportOld = (message: string) => {
      progress.clear();
      say(message);
    };
    const options = { format, prefix, convert, from, bytes_max, clock, signal, progress: showOld, report: reportOld };
    const result = await withAuditedStore(config, 'store_imported', (store) =>
      importOldSessions(store, input, options),
    );
    progress.clear();
    return endOfOldImport(result, from);
  }
  const imported = await withAuditedStore(config, 'store_imported', (store) =>
    importSessions(store, readRecords(input, { ...read, format }), {
      clock,
      signal,
      progress: ({ imported, there_already }) =>
        progress.show(
          bytesRead(),
          imported + there_already,
          `imported ${imported} sessions, ${there_already} already existed`,
        ),
    }),
  );
  progress.clear();
  say(summary(imported, read.from));
  return imported.stopped ? 1 : 0;
}

/** Reports the result, and returns the exit code. */
function endOfOldImport({ stopped, ...counts }: OldImported, from: number): number {
  const done = `mported ${oldCounts(counts)}.`;
  say(
    stopped === null
      ? `i${done}`
      : `${stopped.problem} I${done} Continue with --from-line ${Math.max(stopped.number, from)}.`,
  );
  return stopped === null && counts.bad === 0 ? 0 : 1;
}

function oldCounts({ users, visitors, there_already, expired, bad }: OldImportCounts): string {
  return (
    `${users} sessions of users and ${visitors} of visitors; ` +
    `${there_already} already existed, ${expired} had expired, ${bad} were bad`
  );
}

function pathOf(path: unknown): readonly string[] {
  const names = String(path).split('.');
  if (names.every((name) => name !== '')) return names;
  throw new Error('must be names with a dot between two of them, like user.id');
}

function summary({ imported, there_already, left_out, stopped }: Imported, from: number): string {
  const counts = `mported ${imported} sessions, ${there_already} already existed`;
  const members = left_out.map((name) => JSON.stringify(name)).join(', ');
  const without = members && ` These properties do not exist in a session and were left out: ${members}.`;
  return stopped === null
    ? `i${counts}.${without}`
    : `${stopped.problem} I${counts}; continue with --from-line ${Math.max(stopped.number, from)}.${without}`;
}

/** Returns the stream to import, and its size; null if that is not known. */
async function inputOf([path, ...more]: readonly string[]): Promise<{ stream: Readable; bytes: number | null }> {
  if (more.length > 0) throw invalidConfig('Only one file can be imported at a time.', 'file');
  if (path === undefined) {
    if (!process.stdin.isTTY) return { stream: process.stdin, bytes: null };
    throw invalidConfig('Give the name of the file to import, or send it to the standard input with <.', 'file');
  }
  try {
    const file = await open(path);
    const { size } = await file.stat();
    return { stream: file.createReadStream({ highWaterMark: CHUNK_BYTES }), bytes: size };
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
