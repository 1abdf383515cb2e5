import { createWriteStream, fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';

const STDOUT = 1;

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

/** Resolves when the system has taken all of it, so that no more than one text waits. */
export function write(output: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** What an error says, so that a sentence can follow. */
export function sentence(error: unknown): string {
  const { message } = error as Error;
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** Says a line to the people who run the command. */
export function say(line: string): void {
  process.stderr.write(`pip-sessions: ${line}\n`);
}
