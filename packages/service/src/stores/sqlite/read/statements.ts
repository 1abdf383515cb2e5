import type { DatabaseSync } from 'node:sqlite';
import { prepare, type RowStatement } from '../connection.ts';

/** More than the filters that applications use; each statement takes some kilobytes. */
const STATEMENTS_MAX = 500;

/** Prepared statements by their text: filters can be combined in thousands of ways. */
export class Statements {
  readonly #db: DatabaseSync;
  readonly #byText = new Map<string, RowStatement>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  get(text: string): RowStatement {
    let statement = this.#byText.get(text);
    if (!statement) {
      if (this.#byText.size >= STATEMENTS_MAX) this.#byText.clear();
      statement = prepare(this.#db, text);
      this.#byText.set(text, statement);
    }
    return statement;
  }
}
