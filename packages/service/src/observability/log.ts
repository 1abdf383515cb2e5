import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { systemClock } from '../domain/time/clock.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import type { LogLevel } from './log-levels.ts';
import { LogOutput } from './log-output.ts';
import { standardOutput } from './log-target.ts';
import { redacted, redactedLine } from './redaction.ts';

export type { Logger, LogLevel };

const clock = systemClock();

/** All loggers of the process share it. */
const STANDARD_OUTPUT = new LogOutput({ open: standardOutput, droppedLine });

/**
 * Returns a logger that writes JSON lines to standard output (or `destination`).
 *
 * Code must log a session only by `sessionRef`, and must not log tokens, keys or data of the application.
 * `redaction.ts` is a second line of defence.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${isoTime(clock.now())}"`,
    formatters: { level: (label: string) => ({ level: label }), log: redactedLine },
    serializers: { err: (error: Error) => redacted(stdSerializers.err(error)), msg: redacted },
  };
  return pino(options, destination ?? STANDARD_OUTPUT);
}

/** Writes a line to standard output, between those of the log. At the bound of the log, the line is dropped. */
export function writeToOutput(line: string): void {
  STANDARD_OUTPUT.write(line);
}

function droppedLine(count: number): string {
  const msg = 'log lines were dropped because the reader of the log was too slow';
  return `${JSON.stringify({ level: 'warn', time: isoTime(clock.now()), count, msg })}\n`;
}
