import { DatabaseError } from 'pg';
import { SessionsError } from '../../domain/errors.ts';
import { unavailable } from '../unavailable.ts';
import { late } from './batches.ts';
import type { Deadline } from './deadline.ts';

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
  return isRefusal(error) && ['22', '23', '54'].includes(codeOf(error)?.slice(0, 2) ?? '');
}

/** The connection is of no more use: its server is a standby now, or says so itself. */
export function isOfConnection(error: unknown): boolean {
  if (error instanceof SessionsError) return false;
  return !isRefusal(error) || codeOf(error) === '25006';
}

/** Without the statement and its values, which PostgreSQL's own messages quote. */
export function toSessionsError(error: unknown, deadline: Deadline): SessionsError {
  if (error instanceof SessionsError) return error;
  if (deadline.isOver) return late(deadline);
  return unavailable(reasonOf(error));
}

export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== null) return `PostgreSQL answered with the error ${code}`;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const system = error instanceof Error && 'code' in error ? String(error.code) : null;
  return system === null ? 'the connection was lost' : `the connection failed with ${system}`;
}
