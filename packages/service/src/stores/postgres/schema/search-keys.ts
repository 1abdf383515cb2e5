import { KEY_COLUMNS, SEARCH_KEYS, SOURCES } from '../../sql/search-columns.ts';
import type { Connection } from '../connection/connection.ts';
import { numberArray, textArray } from '../data/arrays.ts';
import { fromStoredOrNull, toStored } from '../data/nul-escaping.ts';

/** How many sessions one statement changes. */
const BATCH = 1_000;

const FILLED = Object.values(SOURCES).map((name) => `${name} IS NOT NULL`);
const SELECT = `SELECT id, ${Object.values(SOURCES).join(', ')} FROM sessions
  WHERE id > $1 AND (${FILLED.join(' OR ')}) ORDER BY id LIMIT ${BATCH}`;
const TYPES = KEY_COLUMNS.map((column) => (column === 'client_key' ? 'bigint' : 'text'));
const UPDATE = `UPDATE sessions AS s SET ${KEY_COLUMNS.map((column) => `${column} = u.${column}`).join(', ')}
  FROM unnest($1::text[], ${TYPES.map((type, index) => `$${index + 2}::${type}[]`).join(', ')}) AS u (id, ${KEY_COLUMNS.join(', ')})
  WHERE s.id = u.id`;

/**
 * Computes the columns for searches of all sessions. The functions of PostgreSQL would not do: its lower case depends
 * on the locale of the database, and its addresses have other forms.
 */
export async function fillSearchKeys(connection: Connection): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await connection.query({ text: SELECT, values: [after] });
    const last = rows.at(-1);
    if (!last) return;
    after = String(last[0]);
    const sessions = rows.map((row) => {
      const [user_name = null, address = null, client = null] = row
        .slice(1)
        .map((cell) => fromStoredOrNull(cell as string));
      return { user_name, address, client };
    });
    const keys = KEY_COLUMNS.map((column) => {
      const cells = sessions.map((session) => SEARCH_KEYS[column](session));
      return column === 'client_key'
        ? numberArray(cells as (number | null)[])
        : textArray(cells.map((key) => (key === null ? null : toStored(String(key)))));
    });
    await connection.query({ text: UPDATE, values: [textArray(rows.map(([id]) => String(id))), ...keys] });
  }
}
