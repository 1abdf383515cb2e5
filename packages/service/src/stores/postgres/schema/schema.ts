import { setTimeout as delay } from 'node:timers/promises';
import { SessionsError } from '../../../domain/errors.ts';
import { isTlsFault } from '../../shared/tls-faults.ts';
import { unavailable } from '../../shared/unavailable.ts';
import type { PostgresStoreConfig } from '../config.ts';
import { Connection } from '../connection/connection.ts';
import { Deadline } from '../connection/deadline.ts';
import { codeOf, reasonOf } from '../connection/faults.ts';
import { NotPrimary } from '../connection/role.ts';
import { MIGRATIONS, type MigrationStep } from './migrations.ts';

/** Pause between two attempts while the server is a standby. */
const PRIMARY_POLL_MS = 250;
/** "PipS" in ASCII: separates the advisory locks of this service from those of others in the same database. */
export const LOCK_CLASS = 0x50697053;
/** The lock class of migrations. */
const MIGRATION_LOCK = `SELECT pg_advisory_xact_lock(${LOCK_CLASS + 1}, 0)`;

/** insufficient_privilege */
const FORBIDDEN = '42501';
/** Wrong user or password, missing database, missing right: waiting does not help. */
const UNUSABLE_CODES = /^(28|3D|3F|42)/;

/**
 * Creates or migrates the schema, each step in a transaction. If several nodes start at once, one of them does it.
 * Rejects with `STORE_UNUSABLE` for a schema that it must not change, and with `STORE_UNAVAILABLE` if it cannot reach
 * the database.
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
    throw startError(config, error, isUnanswered ? `it did not respond within ${start.ms} ms` : reasonOf(error));
  } finally {
    start.cancel();
    deadline.cancel();
  }
}

/** Retries until the deadline: a standby may be promoted, or the address may soon lead to the new primary. */
async function connectToPrimary(config: PostgresStoreConfig, start: Deadline): Promise<Connection> {
  let found: unknown = null;
  for (;;) {
    try {
      return await Connection.open(config, config.migration_timeout_ms, start);
    } catch (error) {
      // If the deadline ended the attempt, the error of the attempt before says more.
      found = start.isOver ? (found ?? error) : error;
      if (start.isOver || !(error instanceof NotPrimary)) throw found;
      await delay(PRIMARY_POLL_MS);
    }
  }
}

/** Why a start failed: `STORE_UNUSABLE` if waiting does not help, otherwise `STORE_UNAVAILABLE`. */
export function startError(config: PostgresStoreConfig, error: unknown, reason: string): SessionsError {
  if (error instanceof SessionsError) return error;
  if (UNUSABLE_CODES.test(codeOf(error) ?? '')) {
    return unusable(config, `cannot be used: ${reasonOf(error)} (${(error as Error).message})`);
  }
  if (isTlsFault(reason)) return unusable(config, `cannot be used: ${reason}`);
  return unavailable(`${config.address}: ${reason}`);
}

/** Runs one migration. Returns false if there was none left to run. */
async function step(config: PostgresStoreConfig, connection: Connection): Promise<boolean> {
  await connection.query({ text: 'BEGIN' });
  await connection.query({ text: MIGRATION_LOCK });
  const version = await prepareVersion(config, connection);
  const migration = MIGRATIONS[version];
  if (migration) {
    await run(connection, migration(config.partitions)).catch((error) => {
      if (version === 0 || codeOf(error) !== FORBIDDEN) throw error;
      const needed = `has schema version ${version}, and this service needs ${MIGRATIONS.length}`;
      throw unusable(
        config,
        `${needed}: start the service once as the role that owns the schema; that start migrates it`,
      );
    });
    await connection.query({ text: `UPDATE schema_version SET version = ${version + 1}` });
  }
  await connection.query({ text: 'COMMIT' });
  return migration !== undefined;
}

async function run(connection: Connection, steps: readonly MigrationStep[]): Promise<void> {
  for (const step of steps) {
    if (typeof step === 'string') await connection.query({ text: step });
    else await step(connection);
  }
}

/** The contents of a schema of the database. `none` has no tables of this service, `foreign` has others of the same name. */
export type SchemaState =
  | { readonly type: 'none'; readonly hasSchema: boolean }
  | { readonly type: 'foreign' }
  | { readonly type: 'own'; readonly version: number; readonly partitions: number };

/** Reads what the schema holds. */
export async function schemaState(connection: Connection, schema: string): Promise<SchemaState> {
  const [found] = await connection.query({
    text: 'SELECT to_regnamespace($1) IS NOT NULL, to_regclass($2) IS NOT NULL, to_regclass($3) IS NOT NULL',
    values: [schema, `${schema}.schema_version`, `${schema}.sessions`],
  });
  const [hasSchema, hasVersion, hasSessions] = found ?? [];
  if (!hasVersion) return hasSessions ? { type: 'foreign' } : { type: 'none', hasSchema: hasSchema === true };
  const [row] = await connection.query({ text: `SELECT version, partitions FROM ${schema}.schema_version` });
  return { type: 'own', version: Number(row?.[0]), partitions: Number(row?.[1]) };
}

/** The version of a schema; 0 for a new one. Throws `STORE_UNUSABLE` for a schema that must not be changed. */
export function versionOf(config: PostgresStoreConfig, state: SchemaState): number {
  switch (state.type) {
    case 'foreign':
      throw unusable(config, 'has a table "sessions" of another application; choose another "schema"');
    case 'none':
      return 0;
    case 'own':
      assertNotNewer(config, state.version);
      if (state.partitions === config.partitions) return state.version;
      throw unusable(
        config,
        `has partitions=${state.partitions}, but the store URL has partitions=${config.partitions}: set partitions=${state.partitions} in the store URL`,
      );
  }
}

function assertNotNewer(config: PostgresStoreConfig, version: number): void {
  if (version <= MIGRATIONS.length) return;
  const known = `has schema version ${version}, but this service supports up to ${MIGRATIONS.length}`;
  throw unusable(config, `${known}: a newer version wrote it; run that version, or restore a backup`);
}

/** Creates what holds the version, if the schema is new, and returns the version. */
async function prepareVersion(config: PostgresStoreConfig, connection: Connection): Promise<number> {
  const { schema, partitions } = config;
  const state = await schemaState(connection, schema);
  const version = versionOf(config, state);
  if (state.type !== 'none') return version;
  if (!state.hasSchema) await connection.query({ text: `CREATE SCHEMA ${schema}` });
  await connection.query({
    text: 'CREATE TABLE schema_version (version integer NOT NULL, partitions integer NOT NULL)',
  });
  await connection.query({ text: `INSERT INTO schema_version VALUES (0, ${partitions})` });
  return version;
}

function unusable({ address, schema }: PostgresStoreConfig, problem: string): SessionsError {
  return new SessionsError('STORE_UNUSABLE', `Schema "${schema}" of ${address} ${problem}.`);
}
