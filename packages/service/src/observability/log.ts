import { hash } from 'node:crypto';
import { type DestinationStream, type Logger, pino } from 'pino';
import { systemClock } from '../domain/clock.ts';
import { isoTime } from '../domain/iso-time.ts';
import { LogOutput } from './log-output.ts';
import { standardOutput } from './log-target.ts';

export type { Logger };

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Members that belong to the application or open a session, under the names that they have everywhere. */
const SECRETS: ReadonlySet<string> = new Set(['user', 'data', 'token', 'session_id']);

const clock = systemClock();

/** All logs of the process share it. */
const STANDARD_OUTPUT = new LogOutput({ open: standardOutput, droppedLine });

/**
 * Structured lines on standard output (or `destination`). What the application stores in a session is never logged;
 * that it would be taken out here is a second line of defence. Ids of sessions go in as `sessionRef`.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${isoTime(clock.now())}"`,
    formatters: { level: (label: string) => ({ level: label }), log: withoutSecrets },
  };
  return pino(options, destination ?? STANDARD_OUTPUT);
}

function droppedLine(count: number): string {
  const msg = 'log lines were dropped: the reader of the log was too slow';
  return `${JSON.stringify({ level: 'warn', time: isoTime(clock.now()), count, msg })}\n`;
}

/** Looks at every line there is, so it makes nothing for one that is as it should be. */
function withoutSecrets(line: Record<string, unknown>): Record<string, unknown> {
  let safe = line;
  for (const name in line) {
    const value = line[name];
    if (SECRETS.has(name)) safe = { ...safe, [name]: undefined };
    else if (typeof value === 'string' && value.includes(TOKEN_START)) safe = { ...safe, [name]: withoutTokens(value) };
  }
  return safe;
}

/** Where a caller has put a token into a path or the name of a member, a line that quotes it must not. */
const TOKEN_START = 'ps_';

function withoutTokens(text: string): string {
  return text.replaceAll(/ps_[0-9a-f]{36}_[\w-]+/g, 'ps_…');
}

/** Names a session in a log line: the same for the same session, and of no use to whoever reads the line. */
export function sessionRef(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 12);
}
