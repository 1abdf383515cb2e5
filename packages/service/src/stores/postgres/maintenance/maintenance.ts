import { SessionsError } from '../../../domain/errors.ts';
import type { Aspect, StoreMaintenance, Task } from '../../shared/maintenance/maintenance.ts';
import { Problems, sound, unsound, versionAspect } from '../../shared/maintenance/problems.ts';
import { type PostgresStoreConfig, postgresStoreConfig } from '../config.ts';
import { Connection } from '../connection/connection.ts';
import { Deadline } from '../connection/deadline.ts';
import { reasonOf } from '../connection/faults.ts';
import { MIGRATIONS } from '../schema/migrations.ts';
import { indexFaults } from '../schema/objects.ts';
import { migrate, schemaState, startError, versionOf } from '../schema/schema.ts';
import { checkSessions } from './session-check.ts';
import { vacuum } from './vacuum.ts';

const STATEMENT_TIMEOUT_MS = 30_000;
/** One day, for all of a check or a compaction. */
const TASK_MS_MAX = 86_400_000;

/** Maintains the schema of a `postgres:` store. */
export function maintenance(url: string): StoreMaintenance {
  const config = postgresStoreConfig(url);
  return {
    check: (task) => check(config, task),
    migrations: {
      versions: () =>
        withConnection(config, STATEMENT_TIMEOUT_MS, async (connection) => ({
          from: versionOf(config, await schemaState(connection, config.schema)),
          to: MIGRATIONS.length,
        })),
      migrate: () => migrate(config),
    },
    compact: (task) => withConnection(config, TASK_MS_MAX, (connection) => vacuum(config, connection, task)),
  };
}

async function* check(config: PostgresStoreConfig, task: Task): AsyncGenerator<Aspect, void, undefined> {
  const aspects: Aspect[] = await withConnection(config, STATEMENT_TIMEOUT_MS, (connection) =>
    aboutSchema(config, connection),
  );
  yield* aspects;
  if (aspects.length < 2) return;
  yield withConnection(config, STATEMENT_TIMEOUT_MS, (connection) => checkSessions(connection, task));
}

/** The schema, and its indexes if it is up to date. */
async function aboutSchema({ schema, partitions }: PostgresStoreConfig, connection: Connection): Promise<Aspect[]> {
  const state = await schemaState(connection, schema);
  if (state.type === 'foreign') return [unsound('schema', 'it has a table "sessions" of another application')];
  if (state.type === 'none')
    return [unsound('schema', `there is no schema "${schema}" with the tables of the service`)];
  const { version } = state;
  if (state.partitions !== partitions) {
    return [unsound('schema', `it has partitions=${state.partitions}, and the store URL has partitions=${partitions}`)];
  }
  const versions = versionAspect(version, MIGRATIONS.length);
  if (version !== MIGRATIONS.length) return [versions];
  const { missing, invalid, total } = await indexFaults(connection, schema, partitions);
  const problems = new Problems();
  for (const name of missing) problems.add(`the index ${name} is missing`);
  for (const name of invalid) problems.add(`the index ${name} is not valid`);
  return [versions, problems.aspect('indexes', `${total} found`), await checkEntries(connection, schema)];
}

const AMCHECK = `SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'`;
const BTREES = `SELECT c.oid::regclass::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam JOIN pg_index i ON i.indexrelid = c.oid
  WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'i' AND a.amname = 'btree' AND i.indisvalid ORDER BY 1`;

/** Compares the entries of each index with the rows, if the database has the extension that can. */
async function checkEntries(connection: Connection, schema: string): Promise<Aspect> {
  const aspect = 'index entries';
  const [[count] = []] = await connection.query({ text: AMCHECK });
  if (count === 0) return sound(aspect, 'not compared: the database does not have the extension amcheck');
  const problems = new Problems();
  const indexes = await connection.query({ text: BTREES, values: [schema] });
  for (const [index = ''] of indexes) {
    await connection
      .query({ text: 'SELECT bt_index_check($1::regclass, true)', values: [index] })
      .catch((error) => problems.add(`${index}: ${reasonOf(error)}`));
  }
  return problems.aspect(aspect, `those of ${indexes.length} indexes compared with the rows`);
}

async function withConnection<T>(
  config: PostgresStoreConfig,
  timeout_ms: number,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const start = new Deadline(config.start_timeout_ms);
  let connection: Connection | null = null;
  try {
    connection = await Connection.open(config, timeout_ms, start);
    return await work(connection);
  } catch (error) {
    if (error instanceof SessionsError || isInterruption(error)) throw error;
    throw startError(config, error, reasonOf(error));
  } finally {
    start.cancel();
    connection?.destroy();
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
