import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { SessionsError } from '../../../domain/errors.ts';
import { assertLogOfFile, logBytes } from './files-note.ts';

/** Offsets in the database's header (https://www.sqlite.org/fileformat2.html#the_database_header). */
const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
const PAGE_BYTES_AT = 16;
const PAGES_AT = 28;
/** The number of pages is valid if these two numbers are equal. */
const CHANGES_AT = 24;
const CHANGES_OF_PAGES_AT = 92;
/** A page size of 65,536 is stored as 1. */
const PAGE_BYTES_OF_1 = 65_536;

/**
 * Call it before files are created. Throws `STORE_UNUSABLE` if SQLite would delete a log with data because the database
 * is new or empty.
 */
export function assertNotLost(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  const bytes = stats?.size ?? 0;
  if (bytes > 0 || logBytes(path) === 0) return;
  const state = stats ? 'is empty' : 'is not there';
  const advice = `Put the database back that the log belongs to. To start with an empty one, delete ${path}-wal and ${path}-shm.`;
  throw unusable(`${path} ${state}, and its write-ahead log ${path}-wal is there, which holds sessions. ${advice}`);
}

/**
 * Throws `STORE_UNUSABLE` if the file is not a whole database, or if the log may belong to another one. The lock must
 * be held: closing a file releases the locks of all connections of this process to it.
 */
export function assertWhole(path: string): void {
  const { size, header } = readHeader(path);
  // With a journal, SQLite first completes the change: until then the file may be incomplete.
  if (size === 0 || existsSync(`${path}-journal`)) return;
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw unusable(`${path} is not a database of SQLite. Restore a backup, or choose another file.`);
  }
  const expected = Math.max(bytesOf(header), HEADER_BYTES);
  // If a process was killed while it moved the log into the file, the rest is in the log.
  if (size < expected && logBytes(path) === 0) {
    throw unusable(`${path} was cut off: it has ${size} of ${expected} bytes. Restore a backup.`);
  }
  assertLogOfFile(path);
}

/** The minimum size that the file should have; 0 if the header does not say. */
function bytesOf(header: Buffer): number {
  if (header.readUInt32BE(CHANGES_AT) !== header.readUInt32BE(CHANGES_OF_PAGES_AT)) return 0;
  const of_page = header.readUInt16BE(PAGE_BYTES_AT);
  return header.readUInt32BE(PAGES_AT) * (of_page === 1 ? PAGE_BYTES_OF_1 : of_page);
}

function readHeader(path: string): { readonly size: number; readonly header: Buffer } {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, header, 0, HEADER_BYTES, 0);
    } finally {
      closeSync(file);
    }
    return { size: statSync(path).size, header };
  } catch (cause) {
    throw unusable(`${path} cannot be read: ${cause instanceof Error ? cause.message : cause}.`, cause);
  }
}

function unusable(message: string, cause?: unknown): SessionsError {
  return new SessionsError('STORE_UNUSABLE', message, { cause });
}
