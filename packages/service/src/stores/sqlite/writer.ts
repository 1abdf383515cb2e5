import type { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { SessionsError } from '../../domain/errors.ts';
import type { SqliteStoreConfig } from './config.ts';
import { connect } from './connection.ts';
import { migrate } from './schema.ts';
import { transactions } from './transaction.ts';
import { WriteRunner } from './write-runner.ts';
import type { FromWriter, ToWriter, WriteResult, WriterData } from './writes.ts';

const CUT_TIMEOUT_MS = 100;

/**
 * The thread that writes. All writes that came while the last commit was on its way to the disk become one
 * transaction, so that they share one flush. It is `IMMEDIATE`, which keeps other processes out too.
 */
function serve(config: SqliteStoreConfig, send: (message: FromWriter) => void): (message: ToWriter) => void {
  const db = connect(config);
  migrate(db);
  // The queue asks for checkpoints, when no reader stands in their way.
  db.exec('PRAGMA wal_autocheckpoint = 0');
  const transaction = transactions(db);
  const runner = new WriteRunner(db);

  return (message) => {
    switch (message.type) {
      case 'commit': {
        const { writes, decided_at } = message;
        const commit = () => transaction(() => runner.run(writes, decided_at));
        send({ type: 'committed', results: attempt(commit, writes.length) });
        return;
      }
      case 'checkpoint':
        if (message.cut) cutLog(db, config);
        else db.exec('PRAGMA wal_checkpoint(PASSIVE)');
        send({ type: 'checkpointed' });
        return;
      case 'close':
        db.close();
        return;
    }
  };
}

/** Another process that reads, like a backup, may stand in the way: writes do not wait for it. */
function cutLog(db: DatabaseSync, { lock_timeout_ms }: SqliteStoreConfig): void {
  db.exec(`PRAGMA busy_timeout = ${CUT_TIMEOUT_MS};
    PRAGMA wal_checkpoint(TRUNCATE);
    PRAGMA busy_timeout = ${lock_timeout_ms};`);
}

/** A transaction that failed has been rolled back: each of its writes failed, and none has changed anything. */
function attempt(commit: () => WriteResult[], count: number): WriteResult[] {
  try {
    return commit();
  } catch (error) {
    return new Array<WriteResult>(count).fill({ type: 'failed', message: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const { config, port } = workerData as WriterData;
const send = (message: FromWriter) => port.postMessage(message);
try {
  const receive = serve(config, send);
  port.on('message', (message: ToWriter) => {
    receive(message);
    if (message.type === 'close') port.close();
  });
  send({ type: 'ready' });
} catch (error) {
  const known = error instanceof SessionsError;
  const reason = known ? error.message : `${config.path} cannot be opened: ${messageOf(error)}.`;
  send({ type: 'unusable', message: reason });
  port.close();
}
