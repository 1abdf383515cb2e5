import { SessionsError } from '@pip-sessions/service/internal/domain/errors';
import type { Session } from '@pip-sessions/service/internal/domain/session';
import {
  otherMembers,
  readStoredSession,
  storedSessionText,
} from '@pip-sessions/service/internal/transfer/session-json';

/** A session of the file, and the unknown properties of its entry as JSON. */
export interface FileEntry {
  readonly session: Session;
  /** Like `,"tenant":"a"`, or empty. It is written back unchanged. */
  readonly rest: string;
}

/**
 * Parses the array of sessions that the microservice's file store writes. Throws `STORE_UNUSABLE`, which names the
 * entry, if the file is damaged. An empty file has no sessions.
 */
export function parseSessionsFile(path: string, text: string, idle_timeout_ms: number): FileEntry[] {
  if (text.trim() === '') return [];
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    // The message of the parser quotes the data.
    throw damaged(path, 'it is not complete JSON');
  }
  if (!Array.isArray(entries)) throw damaged(path, 'it must contain an array of sessions');
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

/** Returns the text of the whole file: one entry per line, so that people can read and compare it. */
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
  const message = `The sessions file ${path} cannot be read and was not changed: ${reason}`;
  return new SessionsError('STORE_UNUSABLE', message, { details: { path } });
}
