import type { MessagePort } from 'node:worker_threads';
import type { Applied, SessionUpdate } from '../../../domain/session.ts';
import type { CloseMatching, SessionLimit } from '../../../domain/store.ts';
import type { SqliteStoreConfig } from '../config.ts';
import type { Row } from '../connection.ts';
import type { KnownFiles } from '../files/open-files.ts';

/** What the writer's thread is asked to do, and what it answers: plain values, cheap to copy between threads. */
export type Write =
  | { readonly type: 'insert'; readonly row: Row; readonly limit: SessionLimit | null; readonly now: number }
  | { readonly type: 'update'; readonly id: string; readonly update: SessionUpdate; readonly now: number }
  | { readonly type: 'remove'; readonly id: string }
  /** With `ids`, of those alone. */
  | {
      readonly type: 'close';
      readonly request: CloseMatching;
      readonly ids?: readonly string[];
      readonly now: number;
    }
  | { readonly type: 'expire'; readonly now: number; readonly limit: number; readonly user_id: string | null }
  | { readonly type: 'purge'; readonly closed_before: number; readonly limit: number };

export type WriteResult =
  /** The row is the caller's own. Those that were evicted come with it, and those that had passed their deadline. */
  | { readonly type: 'inserted'; readonly evicted: readonly Row[]; readonly expired: readonly Row[] }
  | { readonly type: 'taken'; readonly expired: readonly Row[] }
  | { readonly type: 'limit'; readonly max: number; readonly expired: readonly Row[] }
  /** `row` is what is stored now, whether or not the update has changed it. */
  | {
      readonly type: 'applied';
      readonly outcome: Applied['outcome'];
      readonly row: Row;
      readonly has_changed: boolean;
    }
  | { readonly type: 'missing' }
  | { readonly type: 'removed'; readonly row: Row }
  /**
   * The rows of a dry run are as they were. `expired` had passed their deadline, and are ended as such. `unreadable` rows
   * may match too, and are as they were.
   */
  | {
      readonly type: 'matched';
      readonly rows: readonly Row[];
      readonly expired: readonly Row[];
      readonly unreadable: number;
      readonly more: boolean;
      readonly dry_run: boolean;
    }
  | { readonly type: 'expired'; readonly rows: readonly Row[] }
  | { readonly type: 'purged'; readonly rows: readonly Row[] }
  | { readonly type: 'failed'; readonly message: string };

/** A write and what became of it. */
export interface Done {
  readonly write: Write;
  readonly result: WriteResult;
}

/** Of writes, in their order, and their results. */
export function doneOf(writes: readonly { readonly write: Write }[], results: readonly WriteResult[]): Done[] {
  return results.flatMap((result, index) => {
    const write = writes[index]?.write;
    return write ? [{ write, result }] : [];
  });
}

export interface Committed {
  /** One a write, in their order; `failed` for each when nothing was committed. */
  readonly results: readonly WriteResult[];
  /** Why nothing can be written; null where it can be. */
  readonly fault: string | null;
  /** Whether writes may have been made although they failed. */
  readonly is_unsure: boolean;
  /** Sessions that were left out of writes over many, since they cannot be read. */
  readonly unreadable: number;
}

export type ToWriter =
  /** `decided_at` is the clock when the commit is sent: its writes may have waited since their `now`. */
  | { readonly type: 'commit'; readonly writes: readonly Write[]; readonly decided_at: number }
  /** Moves the log into the file; `cut` leaves nothing of it. */
  | { readonly type: 'checkpoint'; readonly cut: boolean }
  /** Looks whether the files are still those that are open. */
  | { readonly type: 'check' }
  /** Writes something, to see whether that is possible; after a fault only with room for more. */
  | { readonly type: 'prove'; readonly needs_room: boolean }
  | { readonly type: 'close' };

/** A fault is why it could not be done; null where it was. */
export type FromWriter =
  | { readonly type: 'ready'; readonly files: KnownFiles }
  | { readonly type: 'unusable'; readonly message: string }
  | ({ readonly type: 'committed' } & Committed)
  | {
      readonly type: 'checkpointed';
      /** Pages of the log that a reader kept from being moved. */
      readonly pages_left: number;
      readonly fault: string | null;
      readonly files: KnownFiles;
    }
  | { readonly type: 'checked'; readonly fault: string | null }
  /** Another program has changed the content of the files. Comes before the answer to the request that has found it. */
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'proved'; readonly fault: string | null };

/** What the thread starts with. */
export interface WriterData {
  readonly config: SqliteStoreConfig;
  /** The files of the thread before this one; null for the first. */
  readonly files: KnownFiles | null;
  readonly port: MessagePort;
}
