import { parseArgs } from 'node:util';
import { cursorOf, parseCursor } from '../api/v2/cursor.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { invalidConfig } from '../config/values.ts';
import type { ScanKey, SessionStore } from '../domain/store.ts';
import { systemClock } from '../domain/time/clock.ts';
import { EXIT_CODE_READER_GONE, print, ReaderGone, standardOutput, write } from '../process/standard-streams.ts';
import { exportedPages } from '../transfer/export.ts';
import { interruption } from '../transfer/interruption.ts';
import { say, sentence } from '../transfer/output.ts';
import { assertExists, withStore } from '../transfer/transfer-store.ts';

const USAGE = `Usage: pip-sessions export [--store <url>] [--after <cursor>] [--config <file.yml>] > sessions.ndjson

Writes all sessions of a store, the newest first, as lines of JSON for "pip-sessions import". Nobody else may have the
file of a sqlite: store meanwhile. The lines hold hashes of tokens, users and their data: keep them as safe as the store.

  --store <url>      the store; the configured one if left out, which is where a URL with a password belongs
  --after <cursor>   goes on where an export was stopped: its last message has the cursor; append to its file with >>
  --config <file>    the YAML file of settings

Ends with 0 when all are written, 1 when it was stopped, 2 when it could not begin with these arguments, 141 when what
reads them has ended.
`;

/** Sessions between two reports. */
const PROGRESS_EVERY = 10_000;

/** Runs `pip-sessions export` and answers its exit code. Throws `INVALID_CONFIG` for arguments that cannot be. */
export async function exportCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const text = { type: 'string' } as const;
  const options = { store: text, after: text, config: text, help: { type: 'boolean' } } as const;
  const { store, after, config: file, help } = parseArgs({ args: [...args], options }).values;
  if (help) {
    await print(USAGE);
    return 0;
  }
  const loaded = loadConfig(env, file);
  const config: Config = store === undefined ? loaded : { ...loaded, store };
  const from = after === undefined ? null : placeOf(after);
  assertExists(config);
  const signal = interruption();
  return withStore(config, (opened) => exportAll(opened, from, signal));
}

async function exportAll(store: SessionStore, after: ScanKey | null, signal: AbortSignal): Promise<number> {
  say('these lines hold hashes of tokens, users and their data: keep them as safe as the store.');
  const output = standardOutput();
  let at = after;
  let count = 0;
  let reported = 0;
  try {
    for await (const page of exportedPages(store, systemClock(), after)) {
      await write(output, page.text, signal);
      count += page.count;
      at = page.next;
      if (at === null) break;
      if (signal.aborted) throw new Error('Interrupted.');
      if (count - reported < PROGRESS_EVERY) continue;
      reported = count;
      say(`${count} sessions so far; from here on with --after ${cursorOf(at)}`);
    }
  } catch (error) {
    if (error instanceof ReaderGone) return EXIT_CODE_READER_GONE;
    say(`${sentence(error)} ${stoppedAt(at, count)}`);
    return 1;
  }
  say(`exported ${count} sessions.`);
  return 0;
}

function stoppedAt(at: ScanKey | null, count: number): string {
  if (at === null) return 'No session was exported: begin again.';
  const how = 'appended to the same file (>>) after its last whole line';
  return `Exported ${count} sessions; go on with --after ${cursorOf(at)}, ${how}.`;
}

function placeOf(cursor: string): ScanKey {
  try {
    return parseCursor(cursor);
  } catch {
    throw invalidConfig('--after must be a cursor that an export has printed.', 'after');
  }
}
