import type { FindingKind } from './finding-kind.ts';

/** Findings about PostgreSQL. */
export const POSTGRES_KINDS = {
  POSTGRES_STANDBY: {
    severity: 'error',
    meaning: 'The URL leads to a standby. Nodes use primaries only, so the service is not ready.',
    advice: 'Use the address of the primary.',
  },
  POSTGRES_READ_ONLY: {
    severity: 'error',
    meaning: 'The transactions of the service are read-only, so every write fails.',
    advice: 'Reset `default_transaction_read_only` of the server, the database and the role.',
  },
  POSTGRES_TRANSACTION_POOLER: {
    severity: 'error',
    meaning:
      'A pooler gives the connection to another client after each transaction. Prepared statements, settings and notifications of the service get lost.',
    advice: 'Use a direct connection, or `pool_mode = session` for this database.',
  },
  POSTGRES_VERSION_OLD: {
    severity: 'error',
    meaning: 'The server lacks functions that the service needs.',
    advice: 'Install PostgreSQL 13 or later. The service is tested with 15.',
  },
  POSTGRES_ENCODING: {
    severity: 'error',
    meaning: 'The database cannot store every character, so some sessions are rejected or changed.',
    advice: 'Create a database with the encoding UTF8, and move the sessions with `export` and `import`.',
  },
  POSTGRES_FSYNC_OFF: {
    severity: 'error',
    meaning: 'A crash of the machine can damage the whole database.',
    advice: 'Set `fsync = on`.',
  },
  POSTGRES_FULL_PAGE_WRITES_OFF: {
    severity: 'warning',
    meaning: 'A crash of the machine can leave pages that are half written, and so damage the database.',
    advice: 'Set `full_page_writes = on`, unless the file system writes pages as a whole.',
  },
  POSTGRES_SYNCHRONOUS_COMMIT_OFF: {
    severity: 'warning',
    meaning: 'The server confirms writes before they are on its disk. A crash loses the last ones.',
    advice: 'Set `synchronous_commit` of the role or the database to `on`.',
  },
  POSTGRES_AUTOVACUUM_OFF: {
    severity: 'warning',
    meaning: 'Space of old rows is not reused. The tables grow, and become slow.',
    advice: 'Set `autovacuum = on` and `track_counts = on`.',
  },
  POSTGRES_TABLE_AUTOVACUUM_OFF: {
    severity: 'warning',
    meaning: 'Space of old rows of this table is not reused. The table grows, and becomes slow.',
    advice: 'Run `ALTER TABLE … RESET (autovacuum_enabled)`.',
  },
  POSTGRES_DEAD_ROWS: {
    severity: 'warning',
    meaning:
      'A table has more dead rows than live ones. Autovacuum does not keep up, or a long transaction prevents it.',
    advice: 'End old transactions (pg_stat_activity). Then run `pip-sessions store compact`.',
  },
  POSTGRES_CONNECTIONS_NEAR_MAX: {
    severity: 'warning',
    meaning: 'The server has fewer free connections than a node of the service uses.',
    advice: 'Raise `max_connections`, lower `connections` in the URL, or use a pooler in session mode.',
  },
  POSTGRES_INDEX_MISSING: {
    severity: 'warning',
    meaning: 'Reads or sweeps that need this index look at every session.',
    advice: 'Create the index as a new installation has it, with CREATE INDEX CONCURRENTLY.',
  },
  POSTGRES_INDEX_INVALID: {
    severity: 'warning',
    meaning: 'The server does not use this index: its creation has failed or is not finished.',
    advice: 'Run `REINDEX INDEX CONCURRENTLY` for it.',
  },
  POSTGRES_SUPERUSER: {
    severity: 'note',
    meaning: 'The service connects as a superuser, who may read and change all databases of the server.',
    advice: 'Use a role with the rights in docs/least-rights.md.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
