import { EXIT_CODE_READER_GONE, ReaderGone } from '../../process/standard-streams.ts';
import { EXIT_CODE_INTERRUPTED } from '../../process/stop-signals.ts';
import { printable } from '../../transfer/output.ts';
import { EXIT_CODE_USAGE } from '../command-failure.ts';

/** The exit codes of the commands for operators. `--help` and docs/command-line.md have them. */
export const EXIT_CODES = {
  /** The command has done its work. */
  ok: 0,
  /** The service or the store failed or rejected the request, or the user did not confirm. */
  failed: 1,
  /** An argument, an option, a setting or a value is wrong. Nothing was changed. */
  usage: EXIT_CODE_USAGE,
  /** There is no session with the id, or no session for the token. */
  not_found: 3,
  /** The session has ended. */
  ended: 4,
  /** The doctor has found nothing, but some checks could not be made. */
  unchecked: 5,
  /** The user has interrupted the command. */
  interrupted: EXIT_CODE_INTERRUPTED,
} as const;

type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** An error of a command, with its exit code. The message is one line for the user. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exit_code: ExitCode;

  constructor(message: string, exit_code: ExitCode = EXIT_CODES.failed) {
    super(message);
    this.exit_code = exit_code;
  }
}

/** The exit codes of errors with these codes, from the service and from the store. All others are 1. */
const EXIT_CODE_OF: Readonly<Record<string, ExitCode>> = {
  INVALID_CONFIG: EXIT_CODES.usage,
  INVALID_DATA: EXIT_CODES.usage,
  VALUE_TOO_LARGE: EXIT_CODES.usage,
  SESSION_NOT_FOUND: EXIT_CODES.not_found,
  TOKEN_UNKNOWN: EXIT_CODES.not_found,
  SESSION_CLOSED: EXIT_CODES.ended,
};

/** Returns the exit code for an error code of the service or of the store. */
export function exitCodeFor(code: unknown): ExitCode {
  return EXIT_CODE_OF[String(code)] ?? EXIT_CODES.failed;
}

/** Returns the exit code for an error. A `TypeError` is about an argument that must not be sent. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ReaderGone) return EXIT_CODE_READER_GONE;
  if (error instanceof CommandError) return error.exit_code;
  return exitCodeFor((error as { readonly code?: unknown } | null)?.code);
}

const BY_LINE = /\n\s*/g;

/** Returns the message of an error as one line without control characters; empty if the reader of the output is gone. */
export function messageOf(error: unknown): string {
  if (error instanceof ReaderGone) return '';
  const { code, details, message } = error as { code?: unknown; details?: { reason?: unknown }; message: string };
  const hint =
    code === 'STORE_UNUSABLE' && details?.reason === 'served_by_another_process'
      ? ' If that process is the service, use --url with its address.'
      : '';
  return printable(`${message}${hint}`.replaceAll(BY_LINE, ' '));
}
