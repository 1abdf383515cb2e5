import { parseArgs } from 'node:util';
import { cursorOf, parseCursor } from '../api/v2/cursor.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { invalidConfig } from '../config/values.ts';
import type { ScanKey, SessionStore } from '../domain/store.ts';
import { type Clock, systemClock } from '../domain/time/clock.ts';
import { EXIT_CODE_READER_GONE, print, ReaderGone, standardOutput, write } from '../process/standard-streams.ts';
import { exportedPages } from '../transfer/export.ts';
import { interruption } from '../transfer/interruption.ts';
import { say, sentence } from '../transfer/output.ts';
import { assertExists } from '../transfer/transfer-store.ts';
import { withAuditedStore } from './command-audit.ts';
import { progressOf } from './progress.ts';

const USAGE = `Usage: pip-sessions export [--store <url>] [--after <cursor>] [--config <file.yml>] > sessions.ndjson

Writes all sessions of a store, the newest first, as lines of JSON for "pip-sessions import". No other process may use
the file of a sqlite: store meanwhile. The lines contain hashes of tokens, users and their data: protect them like the
store.

  --store <url>      the store; default the configured one. Put a URL with a password into the configuration
  --after <cursor>   continues an interrupted export: its last message has the cursor; append to its file with >>
  --config <file>    the YAML file of settings

Exit codes: 0 if all sessions were written, 1 if the export was stopped, 2 for bad arguments, 141 if the reader of the
output has ended.
`;

/** Runs `pip-sessions export` and returns its exit code. Throws `INVALID_CONFIG` for bad arguments. */
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
  return withAuditedStore(config, 'store_exported', (opened) => exportAll(opened, from, signal));
}

async function exportAll(store: SessionStore, after: ScanKey | null, signal: AbortSignal): Promise<number> {
  say('the output contains hashes of tokens, users and their data: protect it like the store.');
  const output = standardOutput();
  const clock = systemClock();
  const progress = progressOf(await totalOf(store, clock, after));
  let at = after;
  let count = 0;
  try {
    for await (const page of exportedPages(store, clock, after)) {
      await write(output, page.text, signal);
      count += page.count;
      at = page.next;
      if (at === null) break;
      if (signal.aborted) throw new Error('Interrupted.');
      progress.show(count, count, `exported ${count} sessions, next: --after ${cursorOf(at)}`);
    }
  } catch (error) {
    progress.clear();
    if (error instanceof ReaderGone) return EXIT_CODE_READER_GONE;
    say(`${sentence(error)} ${stoppedAt(at, count)}`);
    return 1;
  }
  progress.clear();
  say(`exported ${count} sessions.`);
  return 0;
}

/** Returns the number of sessions to export; null if it is not known. */
async function totalOf(store: SessionStore, clock: Clock, after: ScanKey | null): Promise<number | null> {
  return after === null ? store.count({}, clock.now()).catch(() => null) : null;
}

function stoppedAt(at: ScanKey | null, count: number): string {
  if (at === null) return 'No session was exported: start again.';
  const how = 'and append to the same file (>>) after its last complete line';
  return `Exported ${count} sessions; continue with --after ${cursorOf(at)}, ${how}.`;
}

function placeOf(cursor: string): ScanKey {
  try {
    return parseCursor(cursor);
  } catch {
    throw invalidConfig('--after must be a cursor that an export has printed.', 'after');
  }
}
