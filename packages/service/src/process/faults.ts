import { faultLines } from '../observability/fault-lines.ts';
import type { Logger } from '../observability/log.ts';

/** How long the process has to end in an orderly way after an exception that nothing caught. */
const STOP_TIMEOUT_MS = 5_000;

export const EXIT_CODE_FAULT = 1;

/**
 * For a process that serves: decides what becomes of faults that nothing has caught.
 *
 * - A rejected promise belongs to one piece of work. Its work has failed, and all else goes on: it is logged.
 * - An exception has interrupted code that expected to finish, and nobody knows which state it has left. It is logged, `stop`
 *   finishes the requests in flight and then calls `end`, and the process ends with 1. A supervisor starts a process in a known state then.
 */
export function watchProcessFaults(log: Logger, stop: (end: () => void) => void): void {
  let isEnding = false;
  const end = () => process.exit(EXIT_CODE_FAULT);
  process.on('unhandledRejection', (reason) => {
    faultLines(log).write('error', { err: reason, msg: 'a promise was rejected, and nothing has handled it' });
  });
  process.on('uncaughtException', (error) => {
    faultLines(log).write('error', { err: error, msg: 'an exception was not caught: the process ends' });
    if (isEnding) return;
    isEnding = true;
    setTimeout(end, STOP_TIMEOUT_MS).unref();
    stop(end);
  });
}
