import type { MessagePort } from 'node:worker_threads';
import type { CloseMatching, PageRequest, Scan, ScanKey, SessionFilter, SessionPage } from '../../../domain/store.ts';
import type { SqliteStoreConfig } from '../config.ts';

/** A read whose time grows with the store: what the thread for them is asked. */
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

/** What each of them answers. */
export interface LongReadResults {
  readonly list: SessionPage;
  readonly scan: Scan;
  readonly count: number;
  /**
   * The ids of open sessions that match, the newest opening first; one more than the limit where there are more. Null where
   * some that may match cannot be read.
   */
  readonly closable: readonly string[] | null;
}

export type ToLongReader = LongRead & { readonly number: number };

export type FromLongReader =
  | { readonly type: 'done'; readonly number: number; readonly result: LongReadResults[LongRead['type']] }
  /** The store's fault, in words for callers. */
  | { readonly type: 'failed'; readonly number: number; readonly message: string };

/** What the thread starts with. */
export interface LongReaderData {
  readonly config: SqliteStoreConfig;
  readonly port: MessagePort;
}
