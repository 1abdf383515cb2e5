import { createWriteStream, fstatSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Writable } from 'node:stream';

const STDOUT = 1;
/** How long an interrupted command waits for a reader that is blocked. */
const READER_TIMEOUT_MS = 1_000;

/** The exit code of a command whose reader has ended (`pip-sessions export | head`); shells use it for SIGPIPE. */
export const EXIT_CODE_READER_GONE = 141;

/** The reader of the standard output has ended. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

let guardsStderr = false;

/** Writes a message to standard error, for the user of a command. Errors are ignored. */
export function say(text: string): void {
  if (!guardsStderr) process.stderr.on('error', () => {});
  guardsStderr = true;
  process.stderr.write(text);
}

/** Whether messages for the user are shown on a terminal. */
export function hasTerminalForMessages(): boolean {
  return process.stderr.isTTY === true;
}

/**
 * The standard output. `process.stdout` is not used for a file: on a nearly full disk it loses the bytes that the
 * system did not take in one call. Node 26: of 12 KB into a file of at most 8 KB, the second write calls back without
 * an error.
 */
export function standardOutput(): Writable {
  const isFile = fstatSync(STDOUT).isFile();
  const output = isFile ? createWriteStream('', { fd: STDOUT, autoClose: false }) : process.stdout;
  // Each write passes its error to its own callback.
  output.on('error', () => {});
  return output;
}

/**
 * Resolves when the system has taken the whole text, so that at most one text is buffered. Rejects with `ReaderGone` if
 * the reader has ended. If the signal is aborted while the reader is blocked, it rejects after a second.
 */
export function write(output: Writable, text: string, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () => {
    timer = setTimeout(() => reject(new Error('Interrupted while the output was not being read.')), READER_TIMEOUT_MS);
  };
  if (signal?.aborted) giveUp();
  else signal?.addEventListener('abort', giveUp);
  output.write(text, (error) => {
    if (!error) resolve();
    else reject('code' in error && error.code === 'EPIPE' ? new ReaderGone(error.message) : error);
  });
  return promise.finally(() => {
    signal?.removeEventListener('abort', giveUp);
    clearTimeout(timer);
  });
}

/** Prints the result of a command. Rejects like `write`. */
export function print(text: string): Promise<void> {
  return write(standardOutput(), text);
}

/** The terminal of a command, if it has one. */
export interface Terminal {
  /** The width of the terminal; null if the standard output is not a terminal. */
  readonly columns: number | null;
  /** Its height; null if the standard output is not a terminal. */
  readonly rows: number | null;
  readonly hasColors: boolean;
  /** Whether a person can answer a question. */
  readonly canAsk: boolean;
}

/** Returns the terminal of the process. `NO_COLOR` turns colours off (https://no-color.org). */
export function terminalOf({ NO_COLOR, TERM }: NodeJS.ProcessEnv): Terminal {
  const { isTTY, columns, rows } = process.stdout;
  const hasColors = isTTY === true && !NO_COLOR && TERM !== 'dumb';
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return { columns: isTTY ? columns : null, rows: isTTY ? rows : null, hasColors, canAsk };
}

/** Asks the user on the terminal and returns the line that the user types. */
export async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

/** Returns the whole standard input, of at most `length_max` characters; null if it is a terminal. */
export async function standardInput(length_max: number): Promise<string | null> {
  if (process.stdin.isTTY) return null;
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) {
    text += part;
    if (text.length > length_max) throw new Error(`The standard input is longer than ${length_max} characters.`);
  }
  return text;
}
