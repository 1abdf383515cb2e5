import type { SessionSummary } from '@pip-sessions/contract/v2';
import { CommandError, EXIT_CODES } from '../command-error.ts';
import type { OperatorContext } from '../context.ts';
import { sessionTable } from './session-view.ts';

/** Writes a value as one line of JSON. */
export function writeJson({ write }: OperatorContext, value: unknown): Promise<void> {
  return write(`${JSON.stringify(value)}\n`);
}

/** The number of sessions in one part of a table. Each part has its own widths. */
const ROWS_PER_PART = 100;

/**
 * Writes at most `limit` sessions, as a table or as lines of JSON. Says if there are more. Only a part of them is in
 * memory at a time.
 */
export async function writeSessions(
  context: OperatorContext,
  sessions: AsyncIterable<SessionSummary>,
  { json, limit }: { readonly json: boolean | undefined; readonly limit: number },
): Promise<void> {
  let rows: SessionSummary[] = [];
  let written = 0;
  let hasMore = false;
  const flush = async () => {
    if (rows.length === 0) return;
    const lines = () => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    await context.write(json ? lines() : sessionTable(context, rows, written === 0));
    written += rows.length;
    rows = [];
  };
  for await (const session of sessions) {
    hasMore = written + rows.length === limit;
    if (hasMore) break;
    rows.push(session);
    if (rows.length === ROWS_PER_PART) await flush();
  }
  await flush();
  if (hasMore) context.say(`There are more than ${limit} sessions: use --limit <n>, or --all.`);
  else if (written === 0 && !json) context.say('No session matches.');
}

/** A change that the user must confirm. */
export interface Confirmation {
  /** The action, as the rest of a sentence: `close 3 sessions`. */
  readonly work: string;
  /** The text that the user must type. */
  readonly expected: string;
  readonly yes: boolean | undefined;
}

/**
 * Asks the user to confirm, unless `--yes` was given. Throws a `CommandError` if the user does not confirm, or if there
 * is no terminal to ask at.
 */
export async function confirm(context: OperatorContext, { work, expected, yes }: Confirmation): Promise<void> {
  if (yes) return;
  if (!context.terminal.canAsk) {
    throw new CommandError(`Nothing was changed. Add --yes to ${work} without a question.`, EXIT_CODES.usage);
  }
  const typed = await context.ask(`This will ${work}. Type ${expected} to go on: `);
  if (typed.trim() !== expected) throw new CommandError('Nothing was changed, because the answer was different.');
}
