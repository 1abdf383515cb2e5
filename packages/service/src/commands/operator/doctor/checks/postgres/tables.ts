import type { Connection } from '../../../../../stores/postgres/connection/connection.ts';
import { indexFaults } from '../../../../../stores/postgres/schema/objects.ts';
import type { Examination } from '../../examination.ts';

interface Tables {
  readonly schema: string;
  /** The number of partitions that the tables have. */
  readonly partitions: number;
}

const OPTIONS = `SELECT relname, option FROM pg_class, unnest(reloptions) AS option
  WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' AND option LIKE 'autovacuum_enabled=%' ORDER BY 1`;
const DEAD_ROWS = `SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables
  WHERE schemaname = $1 AND n_dead_tup > $2 AND n_dead_tup > n_live_tup ORDER BY 1`;
/** A table with fewer dead rows is small. */
const DEAD_ROWS_MIN = 10_000;
const ON = /=(true|on|yes|1)$/;

/** Checks the tables and indexes of a store. */
export async function examineTables(
  examination: Examination,
  { schema, partitions }: Tables,
  connection: Connection,
): Promise<void> {
  await examination.check(`the indexes of "${schema}"`, async () => {
    const { missing, invalid } = await indexFaults(connection, schema, partitions);
    for (const name of missing) examination.found('POSTGRES_INDEX_MISSING', `The index ${schema}.${name} is missing.`);
    for (const name of invalid)
      examination.found('POSTGRES_INDEX_INVALID', `The index ${schema}.${name} is not valid.`);
  });
  await examination.check(`autovacuum of the tables of "${schema}"`, async () => {
    for (const [table, option] of await connection.query({ text: OPTIONS, values: [schema] })) {
      if (ON.test(String(option))) continue;
      examination.found('POSTGRES_TABLE_AUTOVACUUM_OFF', `The table ${schema}.${table} has ${option}.`);
    }
  });
  await examination.check(`dead rows in "${schema}"`, async () => {
    for (const [table, live, dead] of await connection.query({ text: DEAD_ROWS, values: [schema, DEAD_ROWS_MIN] })) {
      const counts = `${dead} dead rows and ${live} live ones`;
      examination.found('POSTGRES_DEAD_ROWS', `The table ${schema}.${table} has ${counts}.`);
    }
  });
}
