/** The process that runs one job; see `job.ts`. Arguments: the name of the job, and the path of the database. */
import { sqliteStoreConfig } from '../config.ts';
import { closeQuietly, connect, prepare } from '../connection.ts';
import { isDamage, reasonOf } from '../faults.ts';
import { OwnerLock } from '../files/owner-lock.ts';
import { assertNotLost, assertWhole } from '../files/start-check.ts';
import { inspecting } from './inspection.ts';
import type { JobMessage, JobName } from './job.ts';

const PROBLEMS_MAX = 100;

// Without its parent, the job cannot be interrupted.
process.on('disconnect', () => process.exit(1));
const [name, path = ''] = process.argv.slice(2) as [JobName, string];
const message: JobMessage = await (name === 'compact' ? compact(path) : check(name, path)).then(
  (problems) => ({ problems }),
  (error: unknown) => ({ error: reasonOf(error) }),
);
process.send?.(message, () => process.exit(0));

async function check(pragma: Exclude<JobName, 'compact'>, file: string): Promise<readonly string[]> {
  return inspecting(file, (db) => {
    try {
      const rows = prepare(db, `PRAGMA ${pragma}(${PROBLEMS_MAX})`).all();
      return rows.map(([problem]) => String(problem)).filter((problem) => problem !== 'ok');
    } catch (error) {
      // Some damage ends the check.
      if (isDamage(error)) return [(error as Error).message];
      throw error;
    }
  });
}

/** The log is moved into the file before and after: a new file of the same content goes through the log. */
async function compact(file: string): Promise<readonly string[]> {
  const config = sqliteStoreConfig(`sqlite:${file}`);
  assertNotLost(file);
  const lock = new OwnerLock(config);
  try {
    assertWhole(file);
    const db = connect(config);
    try {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE);');
    } finally {
      closeQuietly(db);
    }
  } finally {
    lock.release();
  }
  return [];
}
