import { deadline } from '../../../domain/session.ts';
import type { Aspect, Task } from '../../shared/maintenance/maintenance.ts';
import { Problems } from '../../shared/maintenance/problems.ts';
import { KEY_COLUMNS, SEARCH_KEYS } from '../../sql/search-columns.ts';
import type { Connection, Row } from '../connection/connection.ts';
import { codeOf, reasonOf } from '../connection/faults.ts';
import { textArray } from '../data/arrays.ts';
import { toStored } from '../data/nul-escaping.ts';
import { COLUMNS, STORED_ONLY, toStoredSession, userKey } from '../data/rows.ts';

const PAGE = 500;
const EXTRA = ['deadline', 'user_key', ...KEY_COLUMNS];
const CHECKED = `${COLUMNS}, ${STORED_ONLY}, ${EXTRA.join(', ')}`;
const IDS = `SELECT id FROM sessions WHERE id > $1 ORDER BY id LIMIT ${PAGE}`;
const SESSIONS = `SELECT ${CHECKED} FROM sessions WHERE id = ANY ($1::text[]) ORDER BY id`;
const EXTRA_AT = `${COLUMNS}, ${STORED_ONLY}`.split(', ').length;
/** Classes of errors about stored data: a damaged page or row. */
const OF_DATA = /^(22|XX)/;

/** Reads each session, and compares the columns that follow from others. */
export async function checkSessions(connection: Connection, { signal, progress }: Task): Promise<Aspect> {
  const problems = new Problems();
  let count = 0;
  for (let after = ''; ; ) {
    signal.throwIfAborted();
    const ids = (await connection.query({ text: IDS, values: [after] })).map(([id]) => String(id));
    const last = ids.at(-1);
    if (last === undefined) break;
    for (const row of await read(connection, ids, problems)) {
      const problem = problemOf(row);
      if (problem !== null) problems.add(`session ${row[0]}: ${problem}`);
    }
    count += ids.length;
    after = last;
    progress(`${count} sessions read`);
  }
  return problems.aspect('sessions', `${count} read, ${problems.total} wrong`);
}

/** The rows of sessions. If one of them is damaged, they are read one by one. */
async function read(connection: Connection, ids: readonly string[], problems: Problems): Promise<readonly Row[]> {
  try {
    return await connection.query({ text: SESSIONS, values: [textArray(ids)] });
  } catch (error) {
    if (!OF_DATA.test(codeOf(error) ?? '')) throw error;
    if (ids.length === 1) {
      problems.add(`session ${ids[0]}: ${reasonOf(error)}`);
      return [];
    }
    const middle = Math.ceil(ids.length / 2);
    const first = await read(connection, ids.slice(0, middle), problems);
    return [...first, ...(await read(connection, ids.slice(middle), problems))];
  }
}

function problemOf(row: Row): string | null {
  try {
    const { session, due } = toStoredSession(row);
    const [stored_deadline, user_key, ...keys] = row.slice(EXTRA_AT);
    if (stored_deadline !== deadline(session)) return followsNot('deadline');
    if (due > deadline(session)) return '"due" is later than "deadline"';
    if (user_key !== userKey(session.user_id)) return followsNot('user_key');
    const wrong = KEY_COLUMNS.find((column, index) => {
      const key = SEARCH_KEYS[column](session);
      return (typeof key === 'string' ? toStored(key) : key) !== keys[index];
    });
    return wrong === undefined ? null : followsNot(wrong);
  } catch (error) {
    return error instanceof SyntaxError ? 'a column is not JSON' : (error as Error).message;
  }
}

function followsNot(column: string): string {
  return `"${column}" does not follow from the others`;
}
