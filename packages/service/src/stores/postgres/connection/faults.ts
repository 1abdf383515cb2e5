import { DatabaseError } from 'pg';
import { SessionsError } from '../../../domain/errors.ts';
import { tlsFaultOf } from '../../shared/tls-faults.ts';
import { unavailable } from '../../shared/unavailable.ts';
import { late } from '../data/batches.ts';
import type { Deadline } from './deadline.ts';
import { NotPrimary } from './role.ts';

const READ_ONLY = '25006';
const WRITE_FAULTS = [READ_ONLY, '53100'];

/** Codes that an operator can do something about. */
const MEANINGS: Readonly<Record<string, string>> = {
  [READ_ONLY]: ': it takes no writes, because it is a standby or its transactions are read-only',
  '53100': ': its disk is full',
  '53200': ': it is out of memory',
  '53300': ': it has too many connections',
  '57P03': ': it is starting up or in recovery',
  '58030': ': its disk has an I/O error',
};

/**
 * The code of an error from PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html); null for
 * others.
 */
export function codeOf(error: unknown): string | null {
  return error instanceof DatabaseError ? (error.code ?? null) : null;
}

/**
 * Whether PostgreSQL rejected a statement, so that it has changed nothing. After some errors PostgreSQL ends the
 * connection or shuts down. Then a commit may or may not have happened, as with a lost connection. The severity of an
 * error would distinguish these errors, but it is localized.
 */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && !/^(08|57P|58|XX|25P03)/.test(code);
}

/** A deadlock, a serialization failure, or an id that another transaction has inserted. Nothing was changed. */
export function isWorthAnotherTry(error: unknown): boolean {
  return ['40P01', '40001', '23505'].includes(codeOf(error) ?? '');
}

/**
 * A value that the database does not accept, such as an id too long for an index. Other writes of the batch are not
 * affected.
 */
export function isOfValues(error: unknown): boolean {
  return isBadValue(error) || codeOf(error)?.startsWith('23') === true;
}

/**
 * Classes 22 and 54: a number out of range, a text too long for an index. A retry cannot help, and the store is
 * healthy.
 */
function isBadValue(error: unknown): boolean {
  return /^(22|54)/.test(codeOf(error) ?? '');
}

/** The server is a standby, or takes no writes. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === READ_ONLY;
}

/** The reason of an error that any write would get from a server that takes no writes. */
export function readOnlyFault(): string {
  return reasonOfCode(READ_ONLY);
}

/**
 * Why no write is possible, derived from the error of one statement; null for any other error. Reads may still work,
 * for example when the disk is full.
 */
export function writeFaultOf(error: unknown): string | null {
  return WRITE_FAULTS.includes(codeOf(error) ?? '') ? reasonOf(error) : null;
}

/**
 * The connection is no longer usable: it is broken, its server has become a standby, or the server rejects further use.
 */
export function isOfConnection(error: unknown): boolean {
  if (error instanceof SessionsError) return false;
  return !isRefusal(error) || isReadOnly(error);
}

/** Leaves out the statement and its values, which PostgreSQL quotes in its own messages. */
export function toSessionsError(error: unknown, deadline: Deadline): SessionsError {
  if (error instanceof SessionsError) return error;
  return isBadValue(error) || !deadline.isOver ? refused(error) : late(deadline);
}

/** The error of a statement that PostgreSQL rejected for its values, or could not run. */
export function refused(error: unknown): SessionsError {
  if (!isBadValue(error)) return unavailable(reasonOf(error));
  return new SessionsError('INVALID_DATA', `A value cannot be stored or compared: ${reasonOf(error)}.`);
}

function reasonOfCode(code: string): string {
  return `PostgreSQL returned the error ${code}${MEANINGS[code] ?? ''}`;
}

export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== null) return reasonOfCode(code);
  if (error instanceof NotPrimary) return error.message;
  const ofTls = tlsFaultOf(error);
  if (ofTls !== null) return ofTls;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const system = error instanceof Error && 'code' in error ? String(error.code) : null;
  return system === null ? 'the connection was lost' : `the connection failed with ${system}`;
}
