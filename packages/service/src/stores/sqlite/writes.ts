import type { MessagePort } from 'node:worker_threads';
import type { SessionChange } from '../../domain/session.ts';
import type { SqliteStoreConfig } from './config.ts';
import type { Row } from './connection.ts';

/** What the writer's thread is asked to do, and what it answers: plain values, cheap to copy between threads. */
export type Write =
  | { readonly type: 'insert'; readonly row: Row }
  | { readonly type: 'update'; readonly id: string; readonly change: SessionChange; readonly now: number }
  | { readonly type: 'remove'; readonly id: string }
  | { readonly type: 'expire'; readonly now: number; readonly limit: number };

export type WriteResult =
  | { readonly type: 'inserted' }
  | { readonly type: 'taken' }
  | { readonly type: 'updated'; readonly row: Row }
  | { readonly type: 'refused'; readonly row: Row }
  | { readonly type: 'missing' }
  | { readonly type: 'removed'; readonly row: Row }
  | { readonly type: 'expired'; readonly ids: readonly string[] }
  | { readonly type: 'failed'; readonly message: string };

export type ToWriter =
  | { readonly type: 'commit'; readonly writes: readonly Write[] }
  | { readonly type: 'checkpoint' }
  | { readonly type: 'close' };

/** One result a write, in order, after the commit; `failed` for each when nothing was committed. */
export type FromWriter =
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly message: string }
  | { readonly type: 'committed'; readonly results: readonly WriteResult[] }
  | { readonly type: 'checkpointed' };

/** What the thread starts with. */
export interface WriterData {
  readonly config: SqliteStoreConfig;
  readonly port: MessagePort;
}
