import { systemClock } from '../../domain/time/clock.ts';
import {
  ask,
  EXIT_CODE_READER_GONE,
  ReaderGone,
  standardInput,
  standardOutput,
  terminalOf,
  write,
} from '../../process/standard-streams.ts';
import { interruption } from '../../transfer/interruption.ts';
import { say } from '../../transfer/output.ts';
import { runOperator } from './application.ts';
import { SYSTEM_PROBES } from './doctor/probes.ts';

/** Runs a command for operators in this process, and returns its exit code. */
export async function operatorCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const output = standardOutput();
  try {
    return await runOperator(args, {
      env,
      terminal: terminalOf(env),
      clock: systemClock(),
      probes: SYSTEM_PROBES,
      write: (text) => write(output, text),
      say,
      ask,
      input: standardInput,
      interruption,
    });
  } catch (error) {
    if (error instanceof ReaderGone) return EXIT_CODE_READER_GONE;
    throw error;
  }
}
