import type { SessionsError } from '../../domain/errors.ts';
import { unavailable } from '../shared/unavailable.ts';

/** The result codes of SQLite that are used here (https://www.sqlite.org/rescode.html). */
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const TOOBIG = 18;
const CONSTRAINT = 19;
const MISMATCH = 20;
const NOTADB = 26;
const IOERR_READ = 266;
const IOERR_SHORT_READ = 522;
const IOERR_DATA = 8202;
const IOERR_CORRUPTFS = 8458;
const CONSTRAINT_UNIQUE = 2067;
const CONSTRAINT_PRIMARYKEY = 1555;

/** The low byte of an extended code is the primary code. */
const PRIMARY = 0xff;

/** The stored values cannot be a session. */
export class DamagedRow extends Error {
  override readonly name = 'DamagedRow';
}

/** The files are not those that the store has opened. */
export class FilesGone extends Error {
  override readonly name: string = 'FilesGone';
}

/** Another program has changed the content of the files: reads may be wrong. */
export class ContentLost extends FilesGone {
  override readonly name = 'ContentLost';
}

/** The connection is in a state that only closing it can end. */
export class ConnectionBroken extends Error {
  override readonly name = 'ConnectionBroken';
}

function isSqliteError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

export function isUniqueViolation(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode === CONSTRAINT_UNIQUE || error.errcode === CONSTRAINT_PRIMARYKEY);
}

export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & PRIMARY) === BUSY;
}

/**
 * Whether a fault concerns only the data that one statement has read, such as a damaged page. Other statements may
 * succeed. Every other fault concerns the whole file or the disk.
 */
export function isDamage(error: unknown): boolean {
  if (!isSqliteError(error)) return error instanceof DamagedRow || isOutOfRange(error);
  switch (error.errcode & PRIMARY) {
    case CORRUPT:
    case CONSTRAINT:
    case MISMATCH:
    case TOOBIG:
      return true;
    case IOERR:
      return [IOERR_READ, IOERR_SHORT_READ, IOERR_DATA, IOERR_CORRUPTFS].includes(error.errcode);
    default:
      return false;
  }
}

/** Whether the other writes of a transaction may succeed without the failed one. True for errors of this code too. */
export function isOfOneWrite(error: unknown): boolean {
  if (error instanceof FilesGone || error instanceof ConnectionBroken) return false;
  return !isSqliteError(error) || isDamage(error);
}

/** Whether another connection may succeed where this one failed: its view of the files may be wrong. */
export function isOfConnection(error: unknown): boolean {
  if (error instanceof ConnectionBroken) return true;
  return isSqliteError(error) && !isDamage(error) && !isBusy(error);
}

/** A number that JavaScript cannot represent: the service stores none. */
function isOutOfRange(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

/** Whether the fault lies with SQLite or the files, rather than with this code. */
function isStoreFault(error: unknown): error is Error {
  return isSqliteError(error) || isDamage(error) || error instanceof FilesGone || error instanceof ConnectionBroken;
}

/** The reason without file names: callers see it too. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!isSqliteError(error)) return isDamage(error) ? `a part of the database is damaged (${message})` : message;
  switch (error.errcode & PRIMARY) {
    case CORRUPT:
    case NOTADB:
      return `a part of the database is damaged (${message})`;
    case FULL:
      return `the disk is full (${message})`;
    case IOERR:
      return `the disk has an I/O error or is full (${message}, code ${error.errcode})`;
    case READONLY:
      return `the database cannot be written to (${message})`;
    default:
      return message;
  }
}

/** Converts a fault of the store into `STORE_UNAVAILABLE` for callers. Other errors stay as they are. */
export function toUnavailable(error: unknown): SessionsError | unknown {
  return isStoreFault(error) ? unavailable(reasonOf(error), error) : error;
}
