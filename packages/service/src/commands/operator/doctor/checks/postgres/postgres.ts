import { isLoopback } from '../../../../../http/loopback.ts';
import type { PostgresStoreConfig } from '../../../../../stores/postgres/config.ts';
import { Connection } from '../../../../../stores/postgres/connection/connection.ts';
import { Deadline } from '../../../../../stores/postgres/connection/deadline.ts';
import { reasonOf } from '../../../../../stores/postgres/connection/faults.ts';
import { NotPrimary } from '../../../../../stores/postgres/connection/role.ts';
import { MIGRATIONS } from '../../../../../stores/postgres/schema/migrations.ts';
import { type SchemaState, schemaState } from '../../../../../stores/postgres/schema/schema.ts';
import { CannotCheck, type Examination } from '../../examination.ts';
import { type ClockSource, foundClock } from '../clock.ts';
import { foundVersion } from '../schema-version.ts';
import { examinePooling, isOfTransactionPooler } from './pooler.ts';
import { examinePostgresServer } from './server.ts';
import { examineTables } from './tables.ts';

const STATEMENT_TIMEOUT_MS = 4_000;
/** The connections of one examination. */
const EXAMINATION_MS_MAX = 60_000;

/** Checks a PostgreSQL store. */
export async function examinePostgres(
  examination: Examination,
  config: PostgresStoreConfig,
  clock: ClockSource,
): Promise<void> {
  await examination.check('the store URL', () => checkUrl(examination, config));
  const deadline = new Deadline(EXAMINATION_MS_MAX);
  const connections: Connection[] = [];
  const connect = async () => {
    const connection = await Connection.open(config, STATEMENT_TIMEOUT_MS, deadline);
    connections.push(connection);
    return connection;
  };
  try {
    const first = await connected(examination, config, connect);
    if (first) await examineThrough(examination, config, { first, connect, clock });
  } finally {
    for (const connection of connections) connection.destroy();
    deadline.cancel();
  }
}

function checkUrl(examination: Examination, { server: { host = '', ssl } }: PostgresStoreConfig): void {
  if (isLoopback(host)) return;
  if (ssl === false) {
    examination.found('STORE_WITHOUT_TLS', `The URL leads to ${host} without TLS: it has no sslmode.`);
  } else if (typeof ssl === 'object' && ssl.rejectUnauthorized === false) {
    const found = `The URL leads to ${host} with sslmode=require, which accepts every certificate`;
    examination.found('STORE_TLS_UNVERIFIED', `${found}.`);
  }
}

async function connected(
  examination: Examination,
  { address, server }: PostgresStoreConfig,
  connect: () => Promise<Connection>,
): Promise<Connection | null> {
  return examination.obtain(`the connection to ${address}`, async () => {
    try {
      return await connect();
    } catch (error) {
      if (error instanceof NotPrimary) {
        examination.found('POSTGRES_STANDBY', `${server.host}:${server.port} is a standby.`);
      } else if (isOfTransactionPooler(error)) {
        examination.found('POSTGRES_TRANSACTION_POOLER', `${address}: ${reasonOf(error)}.`);
      } else {
        throw new CannotCheck(`${address}: ${reasonOf(error)}.`);
      }
      return null;
    }
  });
}

interface Through {
  readonly first: Connection;
  readonly connect: () => Promise<Connection>;
  readonly clock: ClockSource;
}

async function examineThrough(
  examination: Examination,
  config: PostgresStoreConfig,
  { first, connect, clock }: Through,
): Promise<void> {
  const { schema, address } = config;
  await examinePooling(examination, config, first, connect);
  await examination.check(`the clock of ${address}`, () =>
    foundClock(examination, clock, `the clock of ${address}`, async () => {
      const [[time] = []] = await first.query({ text: 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000' });
      return Number(time);
    }),
  );
  await examinePostgresServer(examination, config, first);
  const state = await examination.obtain(`the schema "${schema}"`, async () => {
    const found = await schemaState(first, schema);
    foundState(examination, config, found);
    return found;
  });
  if (state?.type === 'own') await examineTables(examination, { schema, partitions: state.partitions }, first);
}

function foundState(
  examination: Examination,
  { schema, address, partitions }: PostgresStoreConfig,
  state: SchemaState,
) {
  const where = `Schema "${schema}" of ${address}`;
  if (state.type === 'foreign') {
    examination.found('SCHEMA_FOREIGN', `${where} has a table "sessions" of another application.`);
    return;
  }
  const found = state.type === 'own' ? state.version : 0;
  foundVersion(examination, where, { found, supported: MIGRATIONS.length });
  if (state.type === 'own' && state.partitions !== partitions) {
    const counts = `has partitions=${state.partitions}, and the URL has partitions=${partitions}`;
    examination.found('LAYOUT_DIFFERS', `${where} ${counts}.`);
  }
}
