import { createWriteStream, fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';

const STDOUT = 1;
/** How long an interrupted command waits for a reader that does not read. */
const READER_TIMEOUT_MS = 1_000;

/** The exit code of a command whose reader has gone (`pip-sessions export | head`): in a shell, that of SIGPIPE. */
export const EXIT_CODE_READER_GONE = 141;

/** Nobody reads the standard output any more. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

let guardsStderr = false;

/** Writes a message to the people who run a command. Nothing depends on whether they read it. */
export function say(text: string): void {
  if (!guardsStderr) process.stderr.on('error', () => {});
  guardsStderr = true;
  process.stderr.write(text);
}

/**
 * The standard output. Into a file, `process.stdout` loses what the system has not taken in one call, on a disk that
 * is nearly full (Node 26: of 12 KB into a file of at most 8 KB, the second write calls back without an error).
 */
export function standardOutput(): Writable {
  const isFile = fstatSync(STDOUT).isFile();
  const output = isFile ? createWriteStream('', { fd: STDOUT, autoClose: false }) : process.stdout;
  // Each write tells of its own fault.
  output.on('error', () => {});
  return output;
}

/**
 * Resolves when the system has taken all of the text, so that no more than one text waits. Rejects with `ReaderGone`, and
 * when the signal is aborted while the reader does not read.
 */
export function write(output: Writable, text: string, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = () => {
    timer = setTimeout(() => reject(new Error('Interrupted, while nothing read the output.')), READER_TIMEOUT_MS);
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

/** Prints what a command was asked for. Rejects as `write`. */
export function print(text: string): Promise<void> {
  return write(standardOutput(), text);
}
