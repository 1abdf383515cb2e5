import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { deadline } from '../../../domain/session.ts';
import type { Aspect, Task } from '../../shared/maintenance/maintenance.ts';
import { Problems, sound, unsound } from '../../shared/maintenance/problems.ts';
import { KEY_COLUMNS } from '../../sql/search-columns.ts';
import { prepare, type Row } from '../connection.ts';
import { isDamage, reasonOf } from '../faults.ts';
import { COLUMNS, keysOf, toSession } from '../rows.ts';
import { SELECT_OPEN } from '../write/hourly-counts.ts';

/** Reading 500 sessions of 1 KB takes about 5 ms. */
const PAGE = 500;
const PLACES = COLUMNS.split(', ');
const DEADLINE = PLACES.indexOf('deadline');
const ID = PLACES.indexOf('id');
const ROWIDS = `SELECT rowid FROM sessions WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`;
const SESSION = `SELECT ${COLUMNS}, ${KEY_COLUMNS.join(', ')} FROM sessions WHERE rowid = ?`;
const COUNT_OPEN = 'SELECT count(*) FROM sessions WHERE close_time IS NULL';

/** Reads each session, and compares the columns that follow from others. */
export async function checkSessions(db: DatabaseSync, { signal, progress }: Task): Promise<Aspect> {
  const [rowids, session] = [prepare(db, ROWIDS), prepare(db, SESSION)];
  const problems = new Problems();
  let count = 0;
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    signal.throwIfAborted();
    let page: Row[];
    try {
      page = rowids.all(after);
    } catch (error) {
      problems.add(`the rows after rowid ${after} cannot be read: ${reasonOf(error)}`);
      break;
    }
    const last = page.at(-1);
    if (!last) break;
    for (const [rowid] of page) {
      const problem = problemOf(() => session.get(Number(rowid)));
      if (problem !== null) problems.add(`rowid ${rowid}: ${problem}`);
    }
    count += page.length;
    after = Number(last[0]);
    progress(`${count} sessions read`);
    await setImmediate();
  }
  return problems.aspect('sessions', `${count} read, ${problems.total} wrong`);
}

function problemOf(read: () => Row | undefined): string | null {
  try {
    const row = read();
    // A service has deleted the session meanwhile.
    if (!row) return null;
    const session = toSession(row);
    if (row[DEADLINE] !== deadline(session)) return `session ${row[ID]}: "deadline" does not follow from the others`;
    const wrong = keysOf(row).findIndex((key, index) => key !== row[PLACES.length + index]);
    return wrong === -1 ? null : `session ${row[ID]}: "${KEY_COLUMNS[wrong]}" does not follow from the others`;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Compares the stored number of open sessions with the sessions. */
export function checkCounts(db: DatabaseSync): Aspect {
  const aspect = 'counts';
  db.exec('BEGIN');
  try {
    const [stored, counted] = [SELECT_OPEN, COUNT_OPEN].map((sql) => Number(prepare(db, sql).get()?.[0]));
    if (stored === counted) return sound(aspect, `${counted} open sessions, as stored`);
    return unsound(aspect, `${counted} sessions are open, but the stored number is ${stored}`);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return unsound(aspect, reasonOf(error));
  } finally {
    db.exec('ROLLBACK');
  }
}
