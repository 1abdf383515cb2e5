import type { DatabaseSync } from 'node:sqlite';
import { ConnectionBroken, isDamage, isOfOneWrite, reasonOf } from '../faults.ts';
import type { OpenFiles } from '../files/open-files.ts';
import { placeOf } from '../rows.ts';
import { SCHEMA_VERSION } from '../schema.ts';
import { transactions } from '../transaction.ts';
import { candidates, divide, isOfMany, unreadableOf } from './divided-write.ts';
import { WriteRunner } from './write-runner.ts';
import type { Committed, Write, WriteResult } from './writes.ts';

/**
 * Commits writes in one transaction with one flush. A damaged session fails the whole transaction: then the writes are
 * repeated one by one, and only the write to that session fails.
 */
export class Commits {
  readonly #db: DatabaseSync;
  readonly #files: OpenFiles;
  readonly #runner: WriteRunner;
  readonly #transaction: <T>(work: () => T) => T;

  constructor(db: DatabaseSync, files: OpenFiles) {
    this.#db = db;
    this.#files = files;
    this.#runner = new WriteRunner(db);
    this.#transaction = transactions(db);
  }

  /** Throws `ConnectionBroken` if it is unknown which writes were made. */
  commit(writes: readonly Write[], decided_at: number): Committed {
    try {
      this.#files.assertSame();
      const results = this.#transaction(() => this.#runner.run(writes, decided_at));
      return this.#ifSame(writes, results, 0);
    } catch (error) {
      return isOfOneWrite(error) ? this.#commitOneByOne(writes, decided_at) : failed(writes, error);
    }
  }

  /**
   * Writes to the disk. Returns why that is impossible, or why there is almost no space for more; null if all is well.
   */
  prove(needs_room: boolean): string | null {
    try {
      this.#files.assertSame();
      this.#flush();
      return needs_room && !this.#files.hasRoom() ? NO_ROOM : null;
    } catch (error) {
      return faultOf(error);
    }
  }

  /** Uses one flush for all transactions: otherwise a batch would need one flush per write. */
  #commitOneByOne(writes: readonly Write[], decided_at: number): Committed {
    const results: WriteResult[] = [];
    let unreadable = 0;
    this.#setSynchronous('NORMAL');
    for (const write of writes) {
      const one = this.#commitOne(write, decided_at);
      results.push(one.result);
      unreadable += one.unreadable;
    }
    this.#setSynchronous('FULL');
    try {
      this.#flush();
    } catch (error) {
      return { ...failed(writes, error), is_unsure: true, unreadable };
    }
    return this.#ifSame(writes, results, unreadable);
  }

  /** Checks that the files were not replaced during the commit: a commit to replaced files would be lost. */
  #ifSame(writes: readonly Write[], results: readonly WriteResult[], unreadable: number): Committed {
    try {
      this.#files.assertSame();
      return { results, fault: null, is_unsure: false, unreadable };
    } catch (error) {
      return { ...failed(writes, error), is_unsure: true, unreadable };
    }
  }

  #setSynchronous(level: 'NORMAL' | 'FULL'): void {
    try {
      this.#db.exec(`PRAGMA synchronous = ${level}`);
    } catch (cause) {
      throw new ConnectionBroken('PRAGMA synchronous failed', { cause });
    }
  }

  #commitOne(write: Write, decided_at: number): One {
    try {
      return { result: this.#run(this.#runner, write, decided_at), unreadable: 0 };
    } catch (error) {
      if (!isDamage(error)) return { result: failure(error), unreadable: 0 };
      try {
        return this.#commitReadable(write, decided_at) ?? { result: failure(error), unreadable: 0 };
      } catch (another) {
        return { result: failure(another), unreadable: 0 };
      }
    }
  }

  /**
   * Leaves out damaged sessions. Otherwise one of them would block every sweep, the sign-out of its user, and every
   * sign-in under a limit. Returns null for a write to one session.
   */
  #commitReadable(write: Write, decided_at: number): One | null {
    if (isOfMany(write)) {
      const { result, unwritable } = divide(write, candidates(this.#db, write), (divided, part) =>
        this.#run(new WriteRunner(this.#db, `AND rowid IN (${part.join(', ')})`), divided, decided_at),
      );
      return { result, unreadable: unwritable };
    }
    if (write.type !== 'insert' || write.limit === null) return null;
    const unreadable = unreadableOf(this.#db, write.row[placeOf('user_id')] ?? null);
    const runner = new WriteRunner(this.#db, `AND rowid NOT IN (${unreadable.join(', ')})`);
    return { result: this.#run(runner, write, decided_at), unreadable: unreadable.length };
  }

  #run(runner: WriteRunner, write: Write, decided_at: number): WriteResult {
    const [result = NOTHING] = this.#transaction(() => runner.run([write], decided_at));
    return result;
  }

  /** Writes the first page, even if its content stays the same; the flush includes everything written before. */
  #flush(): void {
    this.#transaction(() => this.#db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`));
  }
}

const NO_ROOM = 'the disk is full (less than 1 MiB is free)';
const NOTHING: WriteResult = { type: 'missing' };

interface One {
  readonly result: WriteResult;
  readonly unreadable: number;
}

function failed(writes: readonly Write[], error: unknown): Committed {
  const fault = faultOf(error);
  const result: WriteResult = { type: 'failed', message: fault };
  return { results: new Array<WriteResult>(writes.length).fill(result), fault, is_unsure: false, unreadable: 0 };
}

function failure(error: unknown): WriteResult {
  return { type: 'failed', message: faultOf(error) };
}

function faultOf(error: unknown): string {
  if (error instanceof ConnectionBroken) throw error;
  return reasonOf(error);
}
