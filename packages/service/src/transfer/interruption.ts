import { EXIT_CODE_INTERRUPTED, StopSignals } from '../process/stop-signals.ts';

/**
 * Returns a signal that the first SIGINT or SIGTERM aborts, so that a command can stop at a suitable point. A second
 * one ends the process.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const stopNow = () => process.exit(EXIT_CODE_INTERRUPTED);
  new StopSignals({ stop: () => controller.abort(), stopNow }).listen();
  return controller.signal;
}
