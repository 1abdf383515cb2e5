import Database from 'better-sqlite3';
import { idTaken, SessionsError } from '../../domain/errors.ts';
import type { Session, SessionChange } from '../../domain/session.ts';
import type { PageRequest, SessionFilter, SessionPage, SessionStore, UpdateResult } from '../../domain/store.ts';
import { CommitQueue, unavailable } from './commit-queue.ts';
import type { SqliteStoreConfig } from './config.ts';
import { connect, createFile } from './connection.ts';
import { type Row, SELECT_SESSION, SELECT_SUMMARIES, toRow, toSession, toSummary } from './rows.ts';
import type { Write, WriteResult } from './writes.ts';

/**
 * Sessions in one SQLite file. Reads run here, on a connection of their own, and see what is on disk; writes run on
 * a thread of their own and are answered after the flush of their commit, so that no read waits for the disk.
 */
export class SqliteStore implements SessionStore {
  readonly #config: SqliteStoreConfig;
  #connection: Connection | null = null;

  constructor(config: SqliteStoreConfig) {
    this.#config = config;
  }

  async open(): Promise<void> {
    if (this.#connection) return;
    try {
      createFile(this.#config);
    } catch (error) {
      throw new SessionsError('STORE_UNUSABLE', `${this.#config.path} cannot be written: ${error}.`, { cause: error });
    }
    const queue = new CommitQueue(this.#config);
    await queue.started();
    this.#connection = new Connection(queue, connect(this.#config));
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    await connection?.close();
  }

  async ping(): Promise<void> {
    this.#open().ping();
  }

  async insert(session: Session): Promise<void> {
    const result = await this.#open().write({ type: 'insert', row: toRow(session) });
    if (result.type === 'taken') throw idTaken(session.id);
  }

  async find(id: string): Promise<Session | null> {
    return this.#open().find(id);
  }

  async update(id: string, change: SessionChange, now: number): Promise<UpdateResult> {
    const result = await this.#open().write({ type: 'update', id, change, now });
    switch (result.type) {
      case 'updated':
      case 'refused':
        return { outcome: result.type, session: toSession(result.row) };
      default:
        return { outcome: 'missing' };
    }
  }

  async remove(id: string): Promise<Session | null> {
    const result = await this.#open().write({ type: 'remove', id });
    return result.type === 'removed' ? toSession(result.row) : null;
  }

  async list(filter: SessionFilter, page: PageRequest, now: number): Promise<SessionPage> {
    return this.#open().list(filter, page, now);
  }

  async expire(now: number, limit: number): Promise<number> {
    const result = await this.#open().write({ type: 'expire', now, limit });
    return result.type === 'expired' ? result.count : 0;
  }

  #open(): Connection {
    if (!this.#connection) throw unavailable('it is not open');
    return this.#connection;
  }
}

type Statement = Database.Statement<Record<string, unknown>, Row>;

/** An opened file: the reading connection with its prepared statements, and the queue to the writing one. */
class Connection {
  readonly #queue: CommitQueue;
  readonly #db: Database.Database;
  readonly #find: Database.Statement<[string], Row>;
  /** One pair of statements a combination of filters: 32 at most. */
  readonly #lists = new Map<string, { readonly page: Statement; readonly total: Statement }>();

  constructor(queue: CommitQueue, db: Database.Database) {
    this.#queue = queue;
    this.#db = db;
    this.#find = db.prepare<[string], Row>(SELECT_SESSION).raw();
  }

  write(write: Write): Promise<WriteResult> {
    return this.#queue.write(write);
  }

  find(id: string): Session | null {
    const row = this.#read(() => this.#find.get(id));
    return row ? toSession(row) : null;
  }

  list(filter: SessionFilter, { skip, take, total }: PageRequest, now: number): SessionPage {
    const bound = { ...filter, active: undefined, now, skip, take };
    return this.#read(() => {
      const statements = this.#listStatements(filter);
      const rows = take > 0 ? statements.page.all(bound) : [];
      return { sessions: rows.map(toSummary), total: total ? Number(statements.total.get(bound)?.[0]) : null };
    });
  }

  ping(): void {
    this.#queue.assertOpen();
    this.#read(() => this.#find.get(''));
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#db.close();
  }

  #listStatements(filter: SessionFilter): { readonly page: Statement; readonly total: Statement } {
    const where = conditions(filter);
    let statements = this.#lists.get(where);
    if (!statements) {
      const order = 'ORDER BY request_time DESC, id LIMIT @take OFFSET @skip';
      statements = {
        page: this.#db.prepare<Record<string, unknown>, Row>(`${SELECT_SUMMARIES} ${where} ${order}`).raw(),
        total: this.#db.prepare<Record<string, unknown>, Row>(`SELECT count(*) FROM sessions ${where}`).raw(),
      };
      this.#lists.set(where, statements);
    }
    return statements;
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof Database.SqliteError) throw unavailable(error.message, error);
      throw error;
    }
  }
}

function conditions(filter: SessionFilter): string {
  const all: string[] = [];
  if (filter.id !== undefined) all.push('id = @id');
  if (filter.user_id !== undefined) all.push('user_id = @user_id');
  if (filter.from_time !== undefined) all.push('request_time >= @from_time');
  if (filter.to_time !== undefined) all.push('request_time < @to_time');
  if (filter.active === true) all.push('close_time IS NULL AND deadline > @now');
  if (filter.active === false) all.push('(close_time IS NOT NULL OR deadline <= @now)');
  return all.length > 0 ? `WHERE ${all.join(' AND ')}` : '';
}
