import type { MessagePort } from 'node:worker_threads';
import type { CloseMatching, PageRequest, Scan, ScanKey, SessionFilter, SessionPage } from '../../../domain/store.ts';
import type { SqliteStoreConfig } from '../config.ts';

/** A read whose time grows with the store: a request to the thread of long reads. */
export type LongRead =
  | { readonly type: 'list'; readonly filter: SessionFilter; readonly page: PageRequest; readonly now: number }
  | {
      readonly type: 'scan';
      readonly filter: SessionFilter;
      readonly after: ScanKey | null;
      readonly take: number;
      readonly now: number;
    }
  | { readonly type: 'count'; readonly filter: SessionFilter; readonly now: number }
  | { readonly type: 'closable'; readonly request: CloseMatching };

/** The results of the long reads. */
export interface LongReadResults {
  readonly list: SessionPage;
  readonly scan: Scan;
  readonly count: number;
  /**
   * The ids of open sessions that match, latest `open_time` first; one more than the limit if there are more. Null if
   * some sessions that may match cannot be read.
   */
  readonly closable: readonly string[] | null;
}

export type ToLongReader = LongRead & { readonly number: number };

export type FromLongReader =
  | { readonly type: 'done'; readonly number: number; readonly result: LongReadResults[LongRead['type']] }
  /** The reason of a store fault, for callers. */
  | { readonly type: 'failed'; readonly number: number; readonly message: string };

/** The data that the thread starts with. */
export interface LongReaderData {
  readonly config: SqliteStoreConfig;
  readonly port: MessagePort;
}
