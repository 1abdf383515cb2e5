import { idTaken, SessionsError } from '../../domain/errors.ts';
import type { Session, SessionChange } from '../../domain/session.ts';
import type { PageRequest, SessionFilter, SessionPage, SessionStore, UpdateResult } from '../../domain/store.ts';
import { CommitQueue } from './commit-queue.ts';
import type { SqliteStoreConfig } from './config.ts';
import { connect, createFile } from './connection.ts';
import { OwnerLock } from './owner-lock.ts';
import { Reader } from './reader.ts';
import { toRow, toSession } from './rows.ts';
import { unavailable } from './unavailable.ts';

interface Opened {
  readonly lock: OwnerLock;
  readonly reader: Reader;
  readonly queue: CommitQueue;
}

/**
 * Sessions in one SQLite file, which one process serves at a time. Reads run here, on a connection of their own, and see what is on disk; writes run on
 * a thread of their own and are answered after the flush of their commit, so that no read waits for the disk.
 */
export class SqliteStore implements SessionStore {
  readonly #config: SqliteStoreConfig;
  #opened: Opened | null = null;

  constructor(config: SqliteStoreConfig) {
    this.#config = config;
  }

  async open(): Promise<void> {
    if (this.#opened) return;
    const { path, session_cache_bytes } = this.#config;
    try {
      createFile(this.#config);
    } catch (error) {
      throw new SessionsError('STORE_UNUSABLE', `${path} cannot be written: ${error}.`, { cause: error });
    }
    const lock = new OwnerLock(this.#config);
    try {
      // The reader comes second: the thread that writes has made the schema by then.
      let reader: Reader | null = null;
      const queue = new CommitQueue(this.#config, {
        committing: () => reader?.committing(),
        committed: (results) => reader?.committed(results),
      });
      await queue.started();
      reader = new Reader(connect(this.#config), session_cache_bytes);
      this.#opened = { lock, reader, queue };
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    if (!opened) return;
    await opened.queue.close();
    if (this.#opened !== opened) return;
    this.#opened = null;
    opened.reader.close();
    opened.lock.release();
  }

  async ping(): Promise<void> {
    const { reader, queue } = this.#open();
    queue.assertOpen();
    reader.ping();
  }

  async insert(session: Session): Promise<void> {
    const result = await this.#open().queue.write({ type: 'insert', row: toRow(session) });
    if (result.type === 'taken') throw idTaken(session.id);
  }

  async find(id: string): Promise<Session | null> {
    return this.#open().reader.find(id);
  }

  async update(id: string, change: SessionChange, now: number): Promise<UpdateResult> {
    const result = await this.#open().queue.write({ type: 'update', id, change, now });
    switch (result.type) {
      case 'updated':
      case 'refused':
        return { outcome: result.type, session: toSession(result.row) };
      default:
        return { outcome: 'missing' };
    }
  }

  async remove(id: string): Promise<Session | null> {
    const result = await this.#open().queue.write({ type: 'remove', id });
    return result.type === 'removed' ? toSession(result.row) : null;
  }

  async list(filter: SessionFilter, page: PageRequest, now: number): Promise<SessionPage> {
    return this.#open().reader.list(filter, page, now);
  }

  async expire(now: number, limit: number): Promise<number> {
    const result = await this.#open().queue.write({ type: 'expire', now, limit });
    return result.type === 'expired' ? result.ids.length : 0;
  }

  #open(): Opened {
    if (!this.#opened) throw unavailable('it is not open');
    return this.#opened;
  }
}
