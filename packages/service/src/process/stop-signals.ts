import { monotonicTime } from '../domain/time/clock.ts';

/**
 * One Ctrl+C can arrive twice: the terminal sends the signal to the whole process group, and `npm start` forwards it
 * once more. A signal within this time after the first one belongs to the same Ctrl+C.
 */
export const SECOND_SIGNAL_MS_MIN = 1_000;

/** The exit code of a process that was interrupted before its orderly end; shells use it for Ctrl+C. */
export const EXIT_CODE_INTERRUPTED = 130;

interface StopActions {
  /** Ends the process in an orderly way. */
  readonly stop: (signal: NodeJS.Signals) => void;
  /** Ends the process at once, without waiting for `stop`. */
  readonly stopNow: () => void;
}

/** Distinguishes a second request to stop from a repeated signal of the first one. */
export class StopSignals {
  readonly #actions: StopActions;
  readonly #time: () => number;
  #first_time: number | null = null;

  constructor(actions: StopActions, time: () => number = monotonicTime) {
    this.#actions = actions;
    this.#time = time;
  }

  /** Handles SIGINT and SIGTERM from now on. */
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
