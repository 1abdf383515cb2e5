import { workerData } from 'node:worker_threads';
import type { CloseMatching } from '../../../domain/store.ts';
import { closable, valuesOf, where } from '../conditions.ts';
import type { SqliteStoreConfig } from '../config.ts';
import { connect, prepare } from '../connection.ts';
import { isDamage, isOfConnection, reasonOf } from '../faults.ts';
import type { FromLongReader, LongRead, LongReaderData, LongReadResults, ToLongReader } from './long-read.ts';
import { lowerPriorityOfThread } from './low-priority.ts';
import { ReadConnection } from './read-connection.ts';

/** The thread of the reads whose time grows with the store. Each read sees everything that was committed before it. */
class LongReader {
  readonly #config: SqliteStoreConfig;
  #connection: ReadConnection | null = null;

  constructor(config: SqliteStoreConfig) {
    this.#config = config;
  }

  respond(read: ToLongReader): FromLongReader {
    const { number } = read;
    try {
      return { type: 'done', number, result: this.#read(read) };
    } catch (error) {
      if (isOfConnection(error)) this.close();
      return { type: 'failed', number, message: reasonOf(error) };
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  /** Runs in one transaction, so that a page and its total agree. */
  #read(read: LongRead): LongReadResults[LongRead['type']] {
    this.#connection ??= ReadConnection.open(() => connect(this.#config, 'read'));
    const connection = this.#connection;
    connection.begin.run();
    try {
      return perform(connection, read);
    } finally {
      connection.end();
    }
  }
}

function perform(connection: ReadConnection, read: LongRead): LongReadResults[LongRead['type']] {
  switch (read.type) {
    case 'list':
      return connection.page(read.filter, read.page, read.now);
    case 'scan':
      return connection.scanner.scan(read.filter, read.after, read.take, read.now);
    case 'count':
      return connection.count(read.filter, read.now);
    case 'closable':
      return closableIds(connection, read.request);
  }
}

function closableIds({ db }: ReadConnection, request: CloseMatching): readonly string[] | null {
  const all = closable(request);
  try {
    // Prepared for each call: the conditions differ, and the call is rare.
    const ids = prepare(db, `SELECT id FROM sessions ${where(all)} ORDER BY open_time DESC, id LIMIT ?`);
    return ids.all(...valuesOf(all), request.limit + 1).map(([id]) => String(id));
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

const { config, port } = workerData as LongReaderData;
lowerPriorityOfThread();
const reader = new LongReader(config);
port.on('message', (read: ToLongReader) => port.postMessage(reader.respond(read)));
port.on('close', () => reader.close());
