import { SessionsError } from '@pip-sessions/service/internal/domain/errors';
import type { Session } from '@pip-sessions/service/internal/domain/session';
import {
  otherMembers,
  readStoredSession,
  storedSessionText,
} from '@pip-sessions/service/internal/transfer/session-json';

/** A session of the file, and the members of its entry that are not the service's own, as JSON. */
export interface FileEntry {
  readonly session: Session;
  /** Like `,"tenant":"a"`, or empty. They are written back as they were. */
  readonly rest: string;
}

/**
 * Reads the array of sessions that the microservice's file store writes. Throws `STORE_UNUSABLE`, naming the entry,
 * for a file that is damaged. A file without any text holds no sessions.
 */
export function parseSessionsFile(path: string, text: string, idle_timeout_ms: number): FileEntry[] {
  if (text.trim() === '') return [];
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    // What the parser says quotes the data.
    throw damaged(path, 'it is not JSON, or not all of it');
  }
  if (!Array.isArray(entries)) throw damaged(path, 'it should hold an array of sessions');
  const ids = new Set<string>();
  return entries.map((value: unknown, index) => {
    try {
      const entry = parseEntry(value, idle_timeout_ms);
      if (ids.has(entry.session.id)) throw new Error('an earlier entry has the same id');
      ids.add(entry.session.id);
      return entry;
    } catch (error) {
      throw damaged(path, `entry ${index + 1} of ${entries.length}: ${(error as Error).message}`);
    }
  });
}

/** The whole file: an entry a line, so that people can read and compare it. */
export function sessionsFileText(entries: Iterable<string>): string {
  return `[\n${[...entries].join(',\n')}\n]\n`;
}

export function entryText({ session, rest }: FileEntry): string {
  return `${storedSessionText(session).slice(0, -1)}${rest}}`;
}

function parseEntry(value: unknown, idle_timeout_ms: number): FileEntry {
  const session = readStoredSession(value, 'microservice', idle_timeout_ms);
  const rest = JSON.stringify(Object.fromEntries(otherMembers(value as object))).slice(1, -1);
  return { session, rest: rest && `,${rest}` };
}

function damaged(path: string, reason: string): SessionsError {
  const message = `The sessions file ${path} cannot be read, and was left as it is: ${reason}`;
  return new SessionsError('STORE_UNUSABLE', message, { details: { path } });
}
