import { EXIT_CODE_INTERRUPTED, StopSignals } from '../process/stop-signals.ts';

/** Aborted by a request to stop, for a command that ends at a good place then; a second request ends the process. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const stopNow = () => process.exit(EXIT_CODE_INTERRUPTED);
  new StopSignals({ stop: () => controller.abort(), stopNow }).listen();
  return controller.signal;
}
