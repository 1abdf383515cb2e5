import type { MessagePort } from 'node:worker_threads';
import type { Applied, SessionUpdate } from '../../../domain/session-update.ts';
import type { CloseMatching, SessionLimit } from '../../../domain/store.ts';
import type { SqliteStoreConfig } from '../config.ts';
import type { Row } from '../connection.ts';
import type { KnownFiles } from '../files/open-files.ts';

/** The requests to the writer thread and its results: plain values, cheap to copy between threads. */
export type Write =
  | { readonly type: 'insert'; readonly row: Row; readonly limit: SessionLimit | null; readonly now: number }
  | { readonly type: 'update'; readonly id: string; readonly update: SessionUpdate; readonly now: number }
  | { readonly type: 'remove'; readonly id: string }
  /** With `ids`, closes only those. */
  | {
      readonly type: 'close';
      readonly request: CloseMatching;
      readonly ids?: readonly string[];
      readonly now: number;
    }
  | { readonly type: 'expire'; readonly now: number; readonly limit: number; readonly user_id: string | null }
  | { readonly type: 'purge'; readonly closed_before: number; readonly limit: number }
  | { readonly type: 'remove of user'; readonly user_id: string; readonly limit: number };

export type WriteResult =
  /**
   * The caller has the inserted row already. `evicted` sessions were closed for it; `expired` ones were past their
   * deadline.
   */
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
   * The rows of a dry run are unchanged. `expired` sessions were past their deadline and have ended. `unreadable`
   * sessions may match too, and are unchanged.
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
  /** The rows have no `user` and `data`. `unreadable` sessions of the user are left. */
  | { readonly type: 'removed of user'; readonly rows: readonly Row[]; readonly unreadable: number }
  | { readonly type: 'failed'; readonly message: string };

/** A write and its result. */
export interface Done {
  readonly write: Write;
  readonly result: WriteResult;
}

/** Pairs writes with their results, in order. */
export function doneOf(writes: readonly { readonly write: Write }[], results: readonly WriteResult[]): Done[] {
  return results.flatMap((result, index) => {
    const write = writes[index]?.write;
    return write ? [{ write, result }] : [];
  });
}

export interface Committed {
  /** One result per write, in order; all are `failed` if nothing was committed. */
  readonly results: readonly WriteResult[];
  /** Why no write is possible; null if writes are possible. */
  readonly fault: string | null;
  /** Whether writes may have been made although they failed. */
  readonly is_unsure: boolean;
  /** The number of sessions that were left out of writes over many, because they cannot be read. */
  readonly unreadable: number;
}

export type ToWriter =
  /** `decided_at` is the clock when the commit is sent: its writes may have waited since their `now`. */
  | { readonly type: 'commit'; readonly writes: readonly Write[]; readonly decided_at: number }
  /** Moves the log into the file; `cut` also truncates the log. */
  | { readonly type: 'checkpoint'; readonly cut: boolean }
  /** Checks whether the files are still the open ones. */
  | { readonly type: 'check' }
  /** Makes a test write; after a fault, it succeeds only if there is space for more. */
  | { readonly type: 'prove'; readonly needs_room: boolean }
  | { readonly type: 'close' };

/** `fault` is why the request failed; null if it succeeded. */
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
  /** Another program has changed the content of the files. Sent before the response to the request that found it. */
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'proved'; readonly fault: string | null };

/** The data that the thread starts with. */
export interface WriterData {
  readonly config: SqliteStoreConfig;
  /** The files of the previous thread; null for the first thread. */
  readonly files: KnownFiles | null;
  readonly port: MessagePort;
}
