import { hash } from 'node:crypto';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { systemClock } from '../domain/time/clock.ts';
import { isoTime } from '../domain/time/iso-time.ts';
import { LogOutput } from './log-output.ts';
import { standardOutput } from './log-target.ts';
import { redacted, redactedLine } from './redaction.ts';

export type { Logger };

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
/** The minimum level of the lines that are logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const clock = systemClock();

/** All logs of the process share it. */
const STANDARD_OUTPUT = new LogOutput({ open: standardOutput, droppedLine });

/**
 * Structured lines on standard output (or `destination`). No line names a session but by `sessionRef`, and none has what
 * the application stores, tokens, or keys: `redaction.ts` is a second line of defence.
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

function droppedLine(count: number): string {
  const msg = 'log lines were dropped: the reader of the log was too slow';
  return `${JSON.stringify({ level: 'warn', time: isoTime(clock.now()), count, msg })}\n`;
}

/** Names a session in a log line: the same for the same session, and of no use to whoever reads the line. */
export function sessionRef(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 12);
}
