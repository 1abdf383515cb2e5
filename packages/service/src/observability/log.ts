import { hash } from 'node:crypto';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Structured lines on standard output (or `destination`). What the application stores in a session is never logged;
 * the redaction is a second line of defence. Ids of sessions go in as `sessionRef`.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: ['user', 'data', 'token', 'session_id', '*.user', '*.data', '*.token', '*.session_id'],
  };
  return pino(options, destination ?? pino.destination({ dest: 1, sync: false }));
}

/** Names a session in a log line: the same for the same session, and of no use to whoever reads the line. */
export function sessionRef(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 12);
}
