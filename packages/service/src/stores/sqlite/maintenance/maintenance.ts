import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SessionsError } from '../../../domain/errors.ts';
import type { Aspect, StoreMaintenance, Task } from '../../shared/maintenance/maintenance.ts';
import { sound, unsound, versionAspect } from '../../shared/maintenance/problems.ts';
import { type SqliteStoreConfig, sqliteStoreConfig } from '../config.ts';
import { closeQuietly, connect } from '../connection.ts';
import { OwnerLock } from '../files/owner-lock.ts';
import { assertNotLost, assertWhole } from '../files/start-check.ts';
import { migrate, SCHEMA_VERSION, schemaState, unusableVersion } from '../schema.ts';
import { inspecting } from './inspection.ts';
import { runJob } from './job.ts';
import { checkCounts, checkSessions } from './session-check.ts';

/** A copy of the content goes through a temporary file, and through the log. */
const COPIES = 2;
const PROGRESS_INTERVAL_MS = 1_000;

/** Maintains the file of a `sqlite:` store. */
export function maintenance(url: string): StoreMaintenance {
  const config = sqliteStoreConfig(url);
  return {
    check: (task) => check(config, task),
    migrations: { versions: () => versions(config), migrate: async () => migrateFile(config) },
    compact: (task) => compact(config, task),
  };
}

async function* check({ path }: SqliteStoreConfig, task: Task): AsyncGenerator<Aspect, void, undefined> {
  assertNotLost(path);
  task.progress('the structure of the file is checked');
  const problems = await runJob('integrity_check', path, task.signal);
  const [first] = problems;
  if (first === undefined) yield sound('structure', 'tables and indexes agree');
  else yield { ...unsound('structure', first), problems, problems_total: problems.length };
  const { version, isForeign } = await inspecting(path, schemaState);
  if (isForeign) {
    yield unsound('schema', 'it is a database of another application');
    return;
  }
  yield versionAspect(version, SCHEMA_VERSION);
  if (version !== SCHEMA_VERSION) return;
  yield inspecting(path, checkCounts);
  yield inspecting(path, (db) => checkSessions(db, task));
}

async function versions({ path }: SqliteStoreConfig) {
  assertNotLost(path);
  const { version, isForeign } = await inspecting(path, schemaState);
  const problem = unusableVersion({ version, isForeign });
  if (problem !== null) throw new SessionsError('STORE_UNUSABLE', `${path} ${problem}.`);
  return { from: version, to: SCHEMA_VERSION };
}

/** The lock keeps services from starting meanwhile. A killed process changes nothing: it is one transaction. */
function migrateFile(config: SqliteStoreConfig): void {
  withLock(config, () => {
    const db = connect(config);
    try {
      migrate(db);
    } finally {
      closeQuietly(db);
    }
  });
}

function withLock(config: SqliteStoreConfig, work: () => void): void {
  assertNotLost(config.path);
  const lock = new OwnerLock(config);
  try {
    assertWhole(config.path);
    work();
  } finally {
    lock.release();
  }
}

async function compact({ path }: SqliteStoreConfig, { signal, progress }: Task) {
  const before = bytesOf(path);
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize < COPIES * before) {
    const needed = `needs ${COPIES * before} free bytes for a moment, and the disk has ${bavail * bsize}`;
    throw new SessionsError('STORE_UNUSABLE', `Compacting ${path} ${needed}.`);
  }
  const timer = setInterval(() => progress(`${bytesOf(`${path}-wal`)} bytes written to the log`), PROGRESS_INTERVAL_MS);
  try {
    await runJob('compact', path, signal);
  } finally {
    clearInterval(timer);
  }
  return [
    ['bytes before', String(before)],
    ['bytes after', String(bytesOf(path))],
  ] as const;
}

/** The size of a file, with that of its log. */
function bytesOf(path: string): number {
  const files = [path, `${path}-wal`].filter(existsSync);
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}
