import type { SessionsError } from '../../domain/errors.ts';
import { unavailable } from '../shared/unavailable.ts';

/** SQLite's result codes that mean something here (https://www.sqlite.org/rescode.html). */
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

/** The low byte of an extended code is the general one. */
const PRIMARY = 0xff;

/** What is stored of a session cannot be one. */
export class DamagedRow extends Error {
  override readonly name = 'DamagedRow';
}

/** The files are not those that the store has opened. */
export class FilesGone extends Error {
  override readonly name: string = 'FilesGone';
}

/** Another program has changed the content of the files: what is read from them may be wrong. */
export class ContentLost extends FilesGone {
  override readonly name = 'ContentLost';
}

/** A connection is in a state that nothing can leave but its end. */
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
 * Whether a fault belongs to what one statement has read, such as a page that is damaged: other statements may succeed.
 * Everything else is a fault of the file or of the disk as a whole.
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

/** Whether the other writes of a transaction may succeed without the one that failed: also for a fault of this code. */
export function isOfOneWrite(error: unknown): boolean {
  if (error instanceof FilesGone || error instanceof ConnectionBroken) return false;
  return !isSqliteError(error) || isDamage(error);
}

/** Whether another connection may do what this one cannot: its view of the files may be wrong. */
export function isOfConnection(error: unknown): boolean {
  if (error instanceof ConnectionBroken) return true;
  return isSqliteError(error) && !isDamage(error) && !isBusy(error);
}

/** A number that JavaScript cannot represent: the service stores none. */
function isOutOfRange(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

/** Whether SQLite or the files of the store are at fault, and not this code. */
function isStoreFault(error: unknown): error is Error {
  return isSqliteError(error) || isDamage(error) || error instanceof FilesGone || error instanceof ConnectionBroken;
}

/** What is wrong, without the names of files: callers read it too. */
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
      return `the disk has a fault, or is full (${message}, code ${error.errcode})`;
    case READONLY:
      return `the database cannot be written to (${message})`;
    default:
      return message;
  }
}

/** For callers: a fault of the store is `STORE_UNAVAILABLE`; one of this code stays what it is. */
export function toUnavailable(error: unknown): SessionsError | unknown {
  return isStoreFault(error) ? unavailable(reasonOf(error), error) : error;
}
