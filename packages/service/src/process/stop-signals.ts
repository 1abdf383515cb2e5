import { monotonicTime } from '../domain/time/clock.ts';

/**
 * One Ctrl+C can arrive twice: `npm start` forwards the signal that the terminal has sent to the whole process group.
 * A signal within this time after the first one belongs to the same request to stop.
 */
export const SECOND_SIGNAL_MS_MIN = 1_000;

/** The exit code of a process that did not wait for its orderly end: that of a shell after Ctrl+C. */
export const EXIT_CODE_INTERRUPTED = 130;

interface StopActions {
  /** Ends the process in an orderly way. */
  readonly stop: (signal: NodeJS.Signals) => void;
  /** Ends the process at once: the user does not wait for `stop`. */
  readonly stopNow: () => void;
}

/** Tells a second request to stop from an echo of the first one. */
export class StopSignals {
  readonly #actions: StopActions;
  readonly #time: () => number;
  #first_time: number | null = null;

  constructor(actions: StopActions, time: () => number = monotonicTime) {
    this.#actions = actions;
    this.#time = time;
  }

  /** Receives SIGINT and SIGTERM from now on. */
  listen(): void {
    process.on('SIGINT', (signal) => this.receive(signal));
    process.on('SIGTERM', (signal) => this.receive(signal));
  }

  receive(signal: NodeJS.Signals): void {
    const now = this.#time();
    if (this.#first_time === null) {
      this.#first_time = now;
      this.#actions.stop(signal);
    } else if (now - this.#first_time >= SECOND_SIGNAL_MS_MIN) {
      this.#actions.stopNow();
    }
  }
}
