import { workerData } from 'node:worker_threads';
import { SessionsError } from '../../domain/errors.ts';
import { apply, expire } from '../../domain/session.ts';
import type { SqliteStoreConfig } from './config.ts';
import { connect, isUniqueViolation, prepare } from './connection.ts';
import {
  DELETE_SESSION,
  INSERT_SESSION,
  SELECT_DUE,
  SELECT_SESSION,
  toRow,
  toSession,
  toUpdate,
  UPDATE_SESSION,
} from './rows.ts';
import { migrate } from './schema.ts';
import { transactions } from './transaction.ts';
import type { FromWriter, ToWriter, Write, WriteResult, WriterData } from './writes.ts';

/** One object for all: of many references to it, the copy to the other thread holds one. */
const INSERTED: WriteResult = { type: 'inserted' };

/**
 * The thread that writes. All writes that came while the last commit was on its way to the disk become one
 * transaction, so that they share one flush. Between its read and its write no other write can come: the
 * transaction is `IMMEDIATE`, which also keeps other processes out.
 */
function serve(config: SqliteStoreConfig, send: (message: FromWriter) => void): (message: ToWriter) => void {
  const db = connect(config);
  migrate(db);
  // The queue asks for checkpoints, when no reader stands in their way.
  db.exec('PRAGMA wal_autocheckpoint = 0');
  const transaction = transactions(db);
  const select = prepare(db, SELECT_SESSION);
  const selectDue = prepare(db, SELECT_DUE);
  const insert = prepare(db, INSERT_SESSION);
  const update = prepare(db, UPDATE_SESSION);
  const remove = prepare(db, DELETE_SESSION);

  function run(write: Write): WriteResult {
    switch (write.type) {
      case 'insert':
        try {
          insert.run(...write.row);
          return INSERTED;
        } catch (error) {
          if (isUniqueViolation(error)) return { type: 'taken' };
          throw error;
        }
      case 'update': {
        const row = select.get(write.id);
        if (!row) return { type: 'missing' };
        const changed = apply(toSession(row), write.change, write.now);
        if (!changed) return { type: 'refused', row };
        update.run(...toUpdate(changed));
        return { type: 'updated', row: toRow(changed) };
      }
      case 'remove': {
        const row = select.get(write.id);
        if (!row) return { type: 'missing' };
        remove.run(write.id);
        return { type: 'removed', row };
      }
      case 'expire': {
        const due = selectDue.all(write.now, write.limit);
        for (const row of due) update.run(...toUpdate(expire(toSession(row))));
        return { type: 'expired', ids: due.map((row) => row[0] as string) };
      }
    }
  }

  return (message) => {
    switch (message.type) {
      case 'commit':
        send({
          type: 'committed',
          results: attempt(() => transaction(() => message.writes.map(run)), message.writes.length),
        });
        return;
      case 'checkpoint':
        db.exec('PRAGMA wal_checkpoint(PASSIVE)');
        send({ type: 'checkpointed' });
        return;
      case 'close':
        db.close();
        return;
    }
  };
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
