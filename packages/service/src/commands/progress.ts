import { monotonicTime } from '../domain/time/clock.ts';
import { hasTerminalForMessages, say } from '../process/standard-streams.ts';
import { spanOf } from './operator/output/relative-time.ts';

const REDRAWN_AFTER_MS = 200;
const LINE_AFTER_MS = 10_000;
const BAR_LENGTH = 20;
/** Returns to the beginning of the terminal's line and clears it (ECMA-48). */
const CLEAR = '\r\u001b[2K';

export interface ProgressOptions {
  /** The whole work, in bytes or sessions; null if it is not known. */
  readonly total: number | null;
  /** Whether messages are shown on a terminal. */
  readonly isTerminal: boolean;
  /** Returns a time in milliseconds that only grows. */
  readonly now: () => number;
  /** Writes text for the user. */
  readonly write: (text: string) => void;
}

/** Returns the progress of a command, whose messages are on standard error. */
export function progressOf(total: number | null): Progress {
  return new Progress({ total, isTerminal: hasTerminalForMessages(), now: monotonicTime, write: say });
}

/**
 * Shows how far a transfer is, with its rate and the remaining time: on a terminal as a bar that is drawn again,
 * elsewhere as a line every 10 seconds.
 *
 * `progress.show(1_048_576, 4_000, 'imported 4000 sessions')` writes
 * `pip-sessions: imported 4000 sessions, 2000/s, 25 %, about 6 s left`.
 */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #started: number;
  #shown: number;
  #isDrawn = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#started = options.now();
    this.#shown = this.#started;
  }

  /** Shows the state, unless the last one was shown just before. `done` has the unit of `total`. */
  show(done: number, sessions: number, text: string): void {
    const { isTerminal, now, write } = this.#options;
    const time = now();
    if (time - this.#shown < (isTerminal ? REDRAWN_AFTER_MS : LINE_AFTER_MS)) return;
    this.#shown = time;
    const elapsed_s = (time - this.#started) / 1000;
    const line = `${text}, ${Math.round(sessions / elapsed_s)}/s${this.#rest(done, elapsed_s)}`;
    if (isTerminal) write(`${CLEAR}${this.#bar(done)}${line}`);
    else write(`pip-sessions: ${line}\n`);
    this.#isDrawn = isTerminal;
  }

  /** Removes the bar. Call it before other messages. */
  clear(): void {
    if (this.#isDrawn) this.#options.write(CLEAR);
    this.#isDrawn = false;
  }

  #part(done: number): number | null {
    const { total } = this.#options;
    return total === null || total === 0 ? null : Math.min(1, done / total);
  }

  #rest(done: number, elapsed_s: number): string {
    const part = this.#part(done);
    if (part === null || part === 0) return '';
    return `, ${Math.floor(part * 100)} %, about ${spanOf((elapsed_s * (1 - part)) / part)} left`;
  }

  #bar(done: number): string {
    const part = this.#part(done);
    if (part === null) return '';
    const length = Math.floor(part * BAR_LENGTH);
    return `[${'#'.repeat(length)}${' '.repeat(BAR_LENGTH - length)}] `;
  }
}
