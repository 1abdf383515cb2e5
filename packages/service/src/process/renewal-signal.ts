import { isatty } from 'node:tty';

const STDIN = 0;

interface RenewalActions {
  /** Reads the files of keys and certificates again. */
  readonly renew: () => void;
  /** Ends the process in an orderly way. */
  readonly stop: (signal: NodeJS.Signals) => void;
}

/**
 * Handles SIGHUP from now on. Operators send it to renew keys and certificates. The system sends it too, when the
 * terminal of the process is closed; then the process ends, as without this handler.
 */
export function listenForRenewal({ renew, stop }: RenewalActions): void {
  // Windows sends it only when the window is closed, and ends the process soon after.
  if (process.platform === 'win32') return;
  const hadTerminal = isatty(STDIN);
  process.on('SIGHUP', (signal) => {
    if (hadTerminal && !isatty(STDIN)) stop(signal);
    else renew();
  });
}
