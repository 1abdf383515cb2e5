import type { FindingKind } from './kinds/finding-kind.ts';
import { POSTGRES_KINDS } from './kinds/postgres.ts';
import { PROCESS_KINDS } from './kinds/process.ts';
import { REDIS_KINDS } from './kinds/redis.ts';
import { SCHEMA_KINDS } from './kinds/schema.ts';
import { SERVICE_KINDS } from './kinds/service.ts';
import { SQLITE_KINDS } from './kinds/sqlite.ts';

/** The findings of `pip-sessions doctor`, by what they are about, in the order of docs/doctor.md. */
export const FINDING_GROUPS = {
  'Settings and process': PROCESS_KINDS,
  'Data of every store': SCHEMA_KINDS,
  SQLite: SQLITE_KINDS,
  PostgreSQL: POSTGRES_KINDS,
  Redis: REDIS_KINDS,
  'A running service': SERVICE_KINDS,
} as const;

const ALL = {
  ...PROCESS_KINDS,
  ...SCHEMA_KINDS,
  ...SQLITE_KINDS,
  ...POSTGRES_KINDS,
  ...REDIS_KINDS,
  ...SERVICE_KINDS,
} as const;

export type FindingCode = keyof typeof ALL;

/** All findings. The codes are stable: programs may compare them. */
export const FINDING_KINDS: Readonly<Record<FindingCode, FindingKind>> = ALL;
