import { hash } from 'node:crypto';
import { type DestinationStream, type Logger, pino } from 'pino';
import { systemClock } from '../domain/clock.ts';
import { isoTime } from '../domain/iso-time.ts';

export type { Logger };

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Members that belong to the application or open a session, under the names that they have everywhere. */
const SECRETS: ReadonlySet<string> = new Set(['user', 'data', 'token', 'session_id']);

/** Lines that were not written yet are lost when the process is killed; a line a write would cost more than a request. */
const BUFFER_BYTES = 4095;
/** What many processes write to one pipe in pieces up to this does not get mixed (PIPE_BUF of Linux). */
const WRITE_BYTES_MAX = 4096;
const FLUSH_INTERVAL_MS = 100;

/**
 * Structured lines on standard output (or `destination`). What the application stores in a session is never logged;
 * that it would be taken out here is a second line of defence. Ids of sessions go in as `sessionRef`.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const clock = systemClock();
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${isoTime(clock.now())}"`,
    formatters: { level: (label: string) => ({ level: label }), log: withoutSecrets },
  };
  return pino(options, destination ?? standardOutput());
}

function standardOutput(): DestinationStream {
  const bounds = { minLength: BUFFER_BYTES, maxWrite: WRITE_BYTES_MAX, periodicFlush: FLUSH_INTERVAL_MS };
  return pino.destination({ dest: 1, sync: false, ...bounds });
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
