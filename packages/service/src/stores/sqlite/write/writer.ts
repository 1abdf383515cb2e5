import type { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { SessionsError } from '../../../domain/errors.ts';
import type { SqliteStoreConfig } from '../config.ts';
import { connect, prepare } from '../connection.ts';
import { ContentLost, reasonOf } from '../faults.ts';
import { OpenFiles } from '../files/open-files.ts';
import { migrate } from '../schema.ts';
import { Commits } from './commits.ts';
import type { FromWriter, ToWriter, WriterData } from './writes.ts';

const CUT_TIMEOUT_MS = 100;

/**
 * The writer thread. All writes that arrived during the last commit become one transaction, so that they share one
 * flush. The transaction is `IMMEDIATE`, which keeps other processes out too.
 */
function serve({ config, files: known }: WriterData): Served {
  const db = connect(config);
  migrate(db);
  // The queue requests checkpoints when no reader blocks them.
  db.exec('PRAGMA wal_autocheckpoint = 0');
  const guard = connect(config, 'read');
  // From now on this connection holds SQLite's lock on the file.
  prepare(guard, 'SELECT 1 FROM sqlite_schema').get();
  const files = new OpenFiles(db, config.path, known);
  const commits = new Commits(db, files);

  const receive = (message: ToWriter): FromWriter | null => {
    switch (message.type) {
      case 'commit':
        return { type: 'committed', ...commits.commit(message.writes, message.decided_at) };
      case 'checkpoint': {
        // After a fault the log keeps growing until a checkpoint succeeds.
        let pages_left = 0;
        const fault = faultOf(() => {
          pages_left = files.checkpoint(() => moveLog(db, config, message.cut));
        });
        return { type: 'checkpointed', pages_left, fault, files: files.known };
      }
      case 'check':
        return { type: 'checked', fault: faultOf(() => files.assertSame()) };
      case 'prove':
        return { type: 'proved', fault: commits.prove(message.needs_room) };
      case 'close':
        close(db, guard, files);
        return null;
    }
  };
  return { files, receive };
}

interface Served {
  readonly files: OpenFiles;
  readonly receive: (message: ToWriter) => FromWriter | null;
}

/**
 * When the last writable connection is closed, SQLite moves the log into the file and deletes it. This must not happen
 * if another program has written to the file: then the read-only guard is closed last. SQLite itself does not touch a
 * file that has replaced the database file.
 */
function close(db: DatabaseSync, guard: DatabaseSync, files: OpenFiles): void {
  faultOf(() => files.assertSame());
  for (const connection of files.lost === null ? [guard, db] : [db, guard]) connection.close();
  files.close();
}

function faultOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Returns how many pages of the log are left, because a reader needs the file as it was before them. */
function moveLog(db: DatabaseSync, config: SqliteStoreConfig, cut: boolean): number {
  return cut ? cutLog(db, config) : checkpoint(db, 'PASSIVE');
}

/** Another process that reads, such as a backup, may block this; writes wait no longer than `CUT_TIMEOUT_MS`. */
function cutLog(db: DatabaseSync, { lock_timeout_ms }: SqliteStoreConfig): number {
  db.exec(`PRAGMA busy_timeout = ${CUT_TIMEOUT_MS}`);
  try {
    return checkpoint(db, 'TRUNCATE');
  } finally {
    db.exec(`PRAGMA busy_timeout = ${lock_timeout_ms}`);
  }
}

function checkpoint(db: DatabaseSync, mode: 'PASSIVE' | 'TRUNCATE'): number {
  const [, pages = 0, moved = 0] = prepare(db, `PRAGMA wal_checkpoint(${mode})`).get() ?? [];
  return Number(pages) - Number(moved);
}

const { config, port } = workerData as WriterData;
let isLost = false;
const send = (message: FromWriter) => port.postMessage(message);
try {
  const { files, receive } = serve(workerData as WriterData);
  // An exception ends the thread. The queue then starts another one with a new connection.
  port.on('message', (message: ToWriter) => {
    const answer = receive(message);
    if (!isLost && files.lost !== null) send({ type: 'lost', reason: files.lost });
    isLost = files.lost !== null;
    if (answer) send(answer);
    else port.close();
  });
  send({ type: 'ready', files: files.known });
} catch (error) {
  if (error instanceof ContentLost) send({ type: 'lost', reason: error.message });
  const known = error instanceof SessionsError;
  const reason = known ? error.message : `${config.path} cannot be opened: ${reasonOf(error)}.`;
  send({ type: 'unusable', message: reason });
  port.close();
}
