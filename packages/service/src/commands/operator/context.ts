import type { CommandContext } from '@stricli/core';
import type { Clock } from '../../domain/time/clock.ts';
import type { Terminal } from '../../process/standard-streams.ts';
import type { Probes } from './doctor/probes.ts';

/** The parts of its process that a command uses. Tests run commands with a context of their own. */
export interface OperatorContext extends CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** The facts about this machine that `doctor` reads. */
  readonly probes: Probes;
  /** Writes to the standard output. Resolves when the system has taken the text; rejects with `ReaderGone`. */
  readonly write: (text: string) => Promise<void>;
  /** Writes a line for the user to standard error. */
  readonly say: (line: string) => void;
  /** Asks the user. Must be called only if `terminal.canAsk`. */
  readonly ask: (question: string) => Promise<string>;
  /** Returns the standard input; null if it is a terminal. */
  readonly input: (length_max: number) => Promise<string | null>;
  /** Returns a signal that Ctrl+C aborts. Without this call, Ctrl+C ends the process. */
  readonly interruption: () => AbortSignal;
}
