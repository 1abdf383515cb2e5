import type { Connection } from '../connection/connection.ts';
import { MIGRATIONS } from './migrations.ts';

/** The tables of the service, except for the partitions of `sessions`. */
export const TABLES = ['sessions', 'hours', 'leases', 'feed_key', 'schema_version'] as const;

const INDEXES = `SELECT c.relname, i.indisvalid AND i.indisready FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = to_regnamespace($1) ORDER BY 1`;

/** Indexes that a schema should have and has not, and those that the server does not use. */
export interface IndexFaults {
  readonly missing: readonly string[];
  readonly invalid: readonly string[];
  readonly total: number;
}

/** Compares the indexes of an up-to-date schema with those that the migrations create. */
export async function indexFaults(connection: Connection, schema: string, partitions: number): Promise<IndexFaults> {
  const rows = await connection.query({ text: INDEXES, values: [schema] });
  const names = new Set(rows.map(([name]) => String(name)));
  return {
    missing: indexNames(partitions).filter((name) => !names.has(name)),
    invalid: rows.filter(([, isValid]) => isValid !== true).map(([name]) => String(name)),
    total: rows.length,
  };
}

/** The indexes that the migrations create, beside those of primary keys. */
function indexNames(partitions: number): readonly string[] {
  const steps = MIGRATIONS.flatMap((migration) => migration(partitions));
  const texts = steps.filter((step) => typeof step === 'string');
  return texts.flatMap((text) =>
    [...text.matchAll(/CREATE INDEX (?:IF NOT EXISTS )?(\w+)/g)].map(([, name = '']) => name),
  );
}
