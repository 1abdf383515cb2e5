import type { DatabaseSync } from 'node:sqlite';
import { cellOf } from '../../sql/search-columns.ts';
import { SEARCH_INDEXES } from '../../sql/search-index.ts';
import { prepare, type RowStatement } from '../connection.ts';

/** How many sessions a part has, if they are opened in the order of time. */
export const PART_SESSIONS = 1_024;

/**
 * Divides the time into parts, each with few sessions, and names a part by its first moment. The indexes for searches
 * begin with the part, so an open writes to the few pages of the last part. All sessions of a part were opened before
 * those of later parts, so a search finds them in order, one part after the other.
 *
 * A session that is opened later than all others begins a new part when the last one is full, or in a new cell of time.
 * Another one, such as an imported session, goes into the part of its time, or begins one at the beginning of its cell.
 */
export class SearchParts {
  readonly #lastTime: RowStatement;
  readonly #partAt: RowStatement;
  /** The latest `open_time` of all sessions; null until it is read. */
  #latest: number | null = null;
  /** The last part, and the number of its sessions. */
  #part = Number.POSITIVE_INFINITY;
  #count = PART_SESSIONS;

  constructor(db: DatabaseSync) {
    this.#lastTime = prepare(db, 'SELECT open_time FROM sessions ORDER BY open_time DESC LIMIT 1');
    const parts = SEARCH_INDEXES.map(
      ({ column, index }) =>
        `SELECT max(search_part) AS part FROM sessions INDEXED BY ${index} WHERE ${column} IS NOT NULL AND search_part <= ?1`,
    );
    this.#partAt = prepare(db, `SELECT max(part) FROM (${parts.join(' UNION ALL ')})`);
  }

  /** The part of a session that is inserted now. Throws the errors of SQLite. */
  partOf(open_time: number): number {
    this.#latest ??= Number(this.#lastTime.get()?.[0] ?? Number.NEGATIVE_INFINITY);
    if (open_time > this.#latest) {
      this.#latest = open_time;
      if (this.#count >= PART_SESSIONS || this.#part < cellOf(open_time)) {
        this.#part = open_time;
        this.#count = 0;
      }
    }
    if (open_time >= this.#part) {
      this.#count += 1;
      return this.#part;
    }
    const [part] = this.#partAt.get(open_time) ?? [];
    return Math.max(cellOf(open_time), Number(part ?? Number.NEGATIVE_INFINITY));
  }
}
