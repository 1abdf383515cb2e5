import { idTaken, SessionsError } from '../../domain/errors.ts';
import type { Session, SessionChange } from '../../domain/session.ts';
import type { PageRequest, SessionFilter, SessionPage, SessionStore, UpdateResult } from '../../domain/store.ts';
import { CommitQueue } from './commit-queue.ts';
import type { SqliteStoreConfig } from './config.ts';
import { connect, createFile } from './connection.ts';
import { Reader } from './reader.ts';
import { toRow, toSession } from './rows.ts';
import { unavailable } from './unavailable.ts';

/**
 * Sessions in one SQLite file. Reads run here, on a connection of their own, and see what is on disk; writes run on
 * a thread of their own and are answered after the flush of their commit, so that no read waits for the disk.
 */
export class SqliteStore implements SessionStore {
  readonly #config: SqliteStoreConfig;
  #connections: { readonly reader: Reader; readonly queue: CommitQueue } | null = null;

  constructor(config: SqliteStoreConfig) {
    this.#config = config;
  }

  async open(): Promise<void> {
    if (this.#connections) return;
    try {
      createFile(this.#config);
    } catch (error) {
      throw new SessionsError('STORE_UNUSABLE', `${this.#config.path} cannot be written: ${error}.`, { cause: error });
    }
    const queue = new CommitQueue(this.#config, () => this.#connections?.reader.endTurn());
    await queue.started();
    this.#connections = { reader: new Reader(connect(this.#config)), queue };
  }

  async close(): Promise<void> {
    const connections = this.#connections;
    if (!connections) return;
    await connections.queue.close();
    if (this.#connections !== connections) return;
    this.#connections = null;
    connections.reader.close();
  }

  async ping(): Promise<void> {
    const { reader, queue } = this.#open();
    queue.assertOpen();
    reader.find('');
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
    return result.type === 'expired' ? result.count : 0;
  }

  #open(): { readonly reader: Reader; readonly queue: CommitQueue } {
    if (!this.#connections) throw unavailable('it is not open');
    return this.#connections;
  }
}
