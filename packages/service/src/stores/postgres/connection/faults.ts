import { DatabaseError } from 'pg';
import { SessionsError } from '../../../domain/errors.ts';
import { tlsFaultOf } from '../../shared/tls-faults.ts';
import { unavailable } from '../../shared/unavailable.ts';
import { late } from '../data/batches.ts';
import type { Deadline } from './deadline.ts';
import { NotPrimary } from './role.ts';

const READ_ONLY = '25006';
const WRITE_FAULTS = [READ_ONLY, '53100'];

/** What an operator can do something about. */
const MEANINGS: Readonly<Record<string, string>> = {
  [READ_ONLY]: ', it takes no writes: it is a standby, or its transactions are read-only',
  '53100': ', its disk is full',
  '53200': ', it has no memory left',
  '53300': ', it has no room for another connection',
  '57P03': ', it is starting or recovers',
  '58030': ', its disk has a fault',
};

/** The code of what PostgreSQL has answered (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
export function codeOf(error: unknown): string | null {
  return error instanceof DatabaseError ? (error.code ?? null) : null;
}

/**
 * Whether PostgreSQL says that a statement was refused, and so has changed nothing. With some errors it ends the
 * connection, or itself, and then a commit may have been made or not, as when the connection is lost. (What tells them
 * apart, the severity, comes in the server's language.)
 */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && !/^(08|57P|58|XX|25P03)/.test(code);
}

/** A deadlock, a failed serialization, or an id that another transaction has inserted: nothing was changed. */
export function isWorthAnotherTry(error: unknown): boolean {
  return ['40P01', '40001', '23505'].includes(codeOf(error) ?? '');
}

/** A value that the database does not take, such as an id too long for an index: no fault of the writes beside it. */
export function isOfValues(error: unknown): boolean {
  return isBadValue(error) || codeOf(error)?.startsWith('23') === true;
}

/** Classes 22 and 54: a number out of range, a text too long for an index. No retry can mend it, and the store is well. */
function isBadValue(error: unknown): boolean {
  return /^(22|54)/.test(codeOf(error) ?? '');
}

/** The server is a standby, or takes no writes. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === READ_ONLY;
}

/** What a write would be refused with at a server that takes none. */
export function readOnlyFault(): string {
  return reasonOfCode(READ_ONLY);
}

/**
 * Why nothing can be written at all, by the error of one statement; null for any other error.
 * A write may meet it while reads go on: the disk is full, for example.
 */
export function writeFaultOf(error: unknown): string | null {
  return WRITE_FAULTS.includes(codeOf(error) ?? '') ? reasonOf(error) : null;
}

/** The connection is of no more use: its server is a standby now, or says so itself. */
export function isOfConnection(error: unknown): boolean {
  if (error instanceof SessionsError) return false;
  return !isRefusal(error) || isReadOnly(error);
}

/** Without the statement and its values, which PostgreSQL's own messages quote. */
export function toSessionsError(error: unknown, deadline: Deadline): SessionsError {
  if (error instanceof SessionsError) return error;
  return isBadValue(error) || !deadline.isOver ? refused(error) : late(deadline);
}

/** The error of a statement that PostgreSQL has refused for its values, or could not run. */
export function refused(error: unknown): SessionsError {
  if (!isBadValue(error)) return unavailable(reasonOf(error));
  return new SessionsError('INVALID_DATA', `A value cannot be stored or compared: ${reasonOf(error)}.`);
}

function reasonOfCode(code: string): string {
  return `PostgreSQL answered with the error ${code}${MEANINGS[code] ?? ''}`;
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
