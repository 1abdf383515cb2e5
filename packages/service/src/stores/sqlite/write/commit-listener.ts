import type { Clock } from '../../../domain/time/clock.ts';
import type { StoreReport } from '../../shared/store-url.ts';
import type { SqliteStoreConfig } from '../config.ts';
import type { Done } from './writes.ts';

/** Receives the commits of the queue. The readers use it. */
export interface CommitListener {
  /** A commit is about to be sent: from now on the file may change at any moment. */
  readonly committing: () => void;
  /** The file has changed; the writes resolve after this call. Null if it is unknown whether the file has changed. */
  readonly committed: (done: readonly Done[] | null) => void;
  /** Unreadable sessions were found: they must not be served from a cache any more. */
  readonly foundUnreadable: () => void;
  /** The content of the files is no longer that of the last commit, and will not be again. */
  readonly lost: (reason: string) => void;
  /** No commit follows. The connection of the writer is closed after this, as the last one. */
  readonly ending: () => Promise<void>;
}

export interface CommitQueueOptions {
  readonly config: SqliteStoreConfig;
  readonly clock: Clock;
  readonly listener: CommitListener;
  readonly report: (report: StoreReport) => void;
}
