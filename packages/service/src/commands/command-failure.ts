import { EXIT_CODE_READER_GONE, ReaderGone, say } from '../process/standard-streams.ts';

/** The exit code for bad arguments. */
export const EXIT_CODE_USAGE = 2;

/**
 * Prints why the process stops and ends it with 1, or with 2 for bad arguments. A known error is printed without its
 * stack.
 */
export function fail(error: unknown): void {
  if (error instanceof ReaderGone) process.exit(EXIT_CODE_READER_GONE);
  if (isUsage(error)) {
    say(`pip-sessions: ${error.message}\nTry "pip-sessions --help".\n`);
    process.exit(EXIT_CODE_USAGE);
  }
  say(isKnown(error) ? `pip-sessions: ${error.message}\n` : `pip-sessions: ${(error as Error).stack ?? error}\n`);
  process.exit(1);
}

/** Whether an error is about the arguments of the command. */
export function isUsage(error: unknown): error is Error {
  return isKnown(error) && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

/** Whether an error has a code. Its message is for the user. */
export function isKnown(error: unknown): error is Error & { readonly code: unknown } {
  return error instanceof Error && 'code' in error;
}
