import { faultLines } from '../observability/fault-lines.ts';
import type { Logger } from '../observability/log.ts';

/** Maximum time for an orderly end of the process after an uncaught exception. */
const STOP_TIMEOUT_MS = 5_000;

export const EXIT_CODE_FAULT = 1;

/**
 * Handles uncaught faults in a serving process.
 *
 * - A rejected promise belongs to one task. That task has failed; it is logged, and the process continues.
 * - An exception has interrupted code at an unexpected point, so the state of the process is unknown. It is logged.
 *   `stop` finishes the requests in flight and then calls `end`, and the process ends with 1. A supervisor then starts
 *   a new process.
 */
export function watchProcessFaults(log: Logger, stop: (end: () => void) => void): void {
  let isEnding = false;
  const end = () => process.exit(EXIT_CODE_FAULT);
  process.on('unhandledRejection', (reason) => {
    faultLines(log).write('error', { err: reason, msg: 'a promise was rejected and not handled' });
  });
  process.on('uncaughtException', (error) => {
    faultLines(log).write('error', { err: error, msg: 'an exception was not caught; the process ends' });
    if (isEnding) return;
    isEnding = true;
    setTimeout(end, STOP_TIMEOUT_MS).unref();
    stop(end);
  });
}
