import { setTimeout as delay } from 'node:timers/promises';
import { SessionsError } from '../../../domain/errors.ts';
import { isTlsFault } from '../../shared/tls-faults.ts';
import { unavailable } from '../../shared/unavailable.ts';
import type { PostgresStoreConfig } from '../config.ts';
import { Connection } from '../connection/connection.ts';
import { Deadline } from '../connection/deadline.ts';
import { codeOf, reasonOf } from '../connection/faults.ts';
import { NotPrimary } from '../connection/role.ts';
import { MIGRATIONS } from './migrations.ts';

/** Between two looks at a server that is a standby. */
const PRIMARY_POLL_MS = 250;
/** "PipS" in ASCII: tells the locks of this service from those of others in the same database. */
export const LOCK_CLASS = 0x50697053;
/** The other lock class: of migrations. */
const MIGRATION_LOCK = `SELECT pg_advisory_xact_lock(${LOCK_CLASS + 1}, 0)`;

/** insufficient_privilege */
const FORBIDDEN = '42501';
/** Wrong user or password, no such database, no right to it: waiting mends none of them. */
const UNUSABLE_CODES = /^(28|3D|3F|42)/;

/**
 * Creates the schema or migrates it, each step in a transaction; of nodes that start at once, one does. Rejects with
 * `STORE_UNUSABLE` for a schema that it must not touch, with `STORE_UNAVAILABLE` when the database cannot be reached.
 */
export async function migrate(config: PostgresStoreConfig): Promise<void> {
  const { start_timeout_ms, migration_timeout_ms } = config;
  const deadline = new Deadline(migration_timeout_ms);
  const start = new Deadline(start_timeout_ms);
  try {
    const connection = await connectToPrimary(config, start);
    const forget = deadline.onEnd(() => connection.destroy());
    try {
      while (await step(config, connection));
      await connection.end(deadline);
    } finally {
      forget();
      connection.destroy();
    }
  } catch (error) {
    const isUnanswered = start.isOver && !(error instanceof NotPrimary);
    throw startError(config, error, isUnanswered ? `no answer within ${start.ms} ms` : reasonOf(error));
  } finally {
    start.cancel();
    deadline.cancel();
  }
}

/** A standby may be promoted, or the address may lead to the new primary soon: a start waits for that until its deadline. */
async function connectToPrimary(config: PostgresStoreConfig, start: Deadline): Promise<Connection> {
  let found: unknown = null;
  for (;;) {
    try {
      return await Connection.open(config, config.migration_timeout_ms, start);
    } catch (error) {
      // An attempt that the deadline ends says less than the one before.
      found = start.isOver ? (found ?? error) : error;
      if (start.isOver || !(error instanceof NotPrimary)) throw found;
      await delay(PRIMARY_POLL_MS);
    }
  }
}

/** Why a start fails: nothing that waiting mends, or the database cannot be reached. */
export function startError(config: PostgresStoreConfig, error: unknown, reason: string): SessionsError {
  if (error instanceof SessionsError) return error;
  if (UNUSABLE_CODES.test(codeOf(error) ?? '')) {
    return unusable(config, `cannot be used: ${reasonOf(error)} (${(error as Error).message})`);
  }
  if (isTlsFault(reason)) return unusable(config, `cannot be used: ${reason}`);
  return unavailable(`${config.address}: ${reason}`);
}

/** One step; answers whether there may be another. */
async function step(config: PostgresStoreConfig, connection: Connection): Promise<boolean> {
  await connection.query({ text: 'BEGIN' });
  await connection.query({ text: MIGRATION_LOCK });
  const version = await prepareVersion(config, connection);
  if (version > MIGRATIONS.length) {
    const known = `has schema version ${version}, and this service knows ${MIGRATIONS.length}`;
    throw unusable(config, `${known}: a newer version wrote it; run that one, or restore a backup`);
  }
  const migration = MIGRATIONS[version];
  if (migration) {
    await connection.query({ text: migration(config.partitions) }).catch((error) => {
      if (version === 0 || codeOf(error) !== FORBIDDEN) throw error;
      const needed = `has schema version ${version}, and this service needs ${MIGRATIONS.length}`;
      throw unusable(config, `${needed}: start it once as the role that owns the schema, which migrates it`);
    });
    await connection.query({ text: `UPDATE schema_version SET version = ${version + 1}` });
  }
  await connection.query({ text: 'COMMIT' });
  return migration !== undefined;
}

/** The schema's version; 0 for a new one. */
async function prepareVersion(config: PostgresStoreConfig, connection: Connection): Promise<number> {
  const { schema, partitions } = config;
  const [found] = await connection.query({
    text: 'SELECT to_regnamespace($1) IS NOT NULL, to_regclass($2) IS NOT NULL, to_regclass($3) IS NOT NULL',
    values: [schema, `${schema}.schema_version`, `${schema}.sessions`],
  });
  const [hasSchema, hasVersion, hasSessions] = found ?? [];
  if (!hasVersion) {
    if (hasSessions) throw unusable(config, 'has a table "sessions" of another application; choose another "schema"');
    if (!hasSchema) await connection.query({ text: `CREATE SCHEMA ${schema}` });
    await connection.query({
      text: 'CREATE TABLE schema_version (version integer NOT NULL, partitions integer NOT NULL)',
    });
    await connection.query({ text: `INSERT INTO schema_version VALUES (0, ${partitions})` });
  }
  const [row] = await connection.query({ text: 'SELECT version, partitions FROM schema_version' });
  if (row?.[1] !== partitions) {
    throw unusable(config, `has partitions=${row?.[1]}, and the store URL says ${partitions}: set it as it is there`);
  }
  return Number(row[0]);
}

function unusable({ address, schema }: PostgresStoreConfig, problem: string): SessionsError {
  return new SessionsError('STORE_UNUSABLE', `Schema "${schema}" of ${address} ${problem}.`);
}
