import type { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { SessionsError } from '../../domain/errors.ts';
import { Commits } from './commits.ts';
import type { SqliteStoreConfig } from './config.ts';
import { connect } from './connection.ts';
import { reasonOf } from './faults.ts';
import { FilesCheck } from './files-check.ts';
import { migrate } from './schema.ts';
import type { FromWriter, ToWriter, WriterData } from './writes.ts';

const CUT_TIMEOUT_MS = 100;

/**
 * The thread that writes. All writes that came while the last commit was on its way to the disk become one
 * transaction, so that they share one flush. It is `IMMEDIATE`, which keeps other processes out too.
 */
function serve(config: SqliteStoreConfig): (message: ToWriter) => FromWriter | null {
  const db = connect(config);
  migrate(db);
  // The queue asks for checkpoints, when no reader stands in their way.
  db.exec('PRAGMA wal_autocheckpoint = 0');
  const files = new FilesCheck(config.path);
  const commits = new Commits(db, files);

  return (message) => {
    switch (message.type) {
      case 'commit':
        return { type: 'committed', ...commits.commit(message.writes, message.decided_at) };
      case 'checkpoint':
        return { type: 'checkpointed', fault: checkpoint(db, files, config, message.cut) };
      case 'prove':
        return { type: 'proved', fault: commits.prove(message.needs_room) };
      case 'close':
        db.close();
        return null;
    }
  };
}

/** Returns why it failed; the log grows on then, until one succeeds. */
function checkpoint(db: DatabaseSync, files: FilesCheck, config: SqliteStoreConfig, cut: boolean): string | null {
  try {
    files.assertSame();
    if (cut) cutLog(db, config);
    else db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Another process that reads, like a backup, may stand in the way: writes do not wait for it. */
function cutLog(db: DatabaseSync, { lock_timeout_ms }: SqliteStoreConfig): void {
  db.exec(`PRAGMA busy_timeout = ${CUT_TIMEOUT_MS}`);
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.exec(`PRAGMA busy_timeout = ${lock_timeout_ms}`);
  }
}

const { config, port } = workerData as WriterData;
const send = (message: FromWriter) => port.postMessage(message);
try {
  const receive = serve(config);
  // What it throws ends the thread: the queue starts another one, with a new connection.
  port.on('message', (message: ToWriter) => {
    const answer = receive(message);
    if (answer) send(answer);
    else port.close();
  });
  send({ type: 'ready' });
} catch (error) {
  const known = error instanceof SessionsError;
  const reason = known ? error.message : `${config.path} cannot be opened: ${reasonOf(error)}.`;
  send({ type: 'unusable', message: reason });
  port.close();
}
