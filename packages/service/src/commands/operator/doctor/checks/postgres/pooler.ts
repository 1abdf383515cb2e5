import type { PostgresStoreConfig } from '../../../../../stores/postgres/config.ts';
import type { Connection } from '../../../../../stores/postgres/connection/connection.ts';
import { codeOf, reasonOf } from '../../../../../stores/postgres/connection/faults.ts';
import { CannotCheck, type Examination } from '../../examination.ts';

/** PgBouncer without support for prepared statements: a statement exists already, or is not known. */
const POOLER_CODES = ['42P05', '26000'];
const SERVER_PROCESS = { text: 'SELECT pg_backend_pid()' };
const ROUNDS = 3;

/** Whether an error shows that statements of one connection reach several connections of the server. */
export function isOfTransactionPooler(error: unknown): boolean {
  return POOLER_CODES.includes(codeOf(error) ?? '');
}

/**
 * Checks for a pooler that lends a connection for one transaction only. Two connections at the same time then have the
 * same process of the server, or one connection has several.
 */
export async function examinePooling(
  examination: Examination,
  { address }: PostgresStoreConfig,
  first: Connection,
  connect: () => Promise<Connection>,
): Promise<void> {
  await examination.check('a pooler before the server', async () => {
    try {
      const second = await connect();
      const seen = [new Set<unknown>(), new Set<unknown>()] as const;
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const [index, connection] of [first, second].entries()) {
          const [[process_id] = []] = await connection.query(SERVER_PROCESS);
          seen[index]?.add(process_id);
        }
      }
      const [a, b] = seen;
      const isLent = a.size > 1 || b.size > 1 || a.isSubsetOf(b);
      if (!isLent) return;
      const found = 'two connections at the same time share processes of the server';
      examination.found('POSTGRES_TRANSACTION_POOLER', `${address}: ${found}.`);
    } catch (error) {
      if (!isOfTransactionPooler(error)) throw new CannotCheck(`${address}: ${reasonOf(error)}.`);
      examination.found('POSTGRES_TRANSACTION_POOLER', `${address}: ${reasonOf(error)}.`);
    }
  });
}
