import type { Done } from './writes.ts';

/** What the queue tells of its commits, to those who read what it writes. */
export interface CommitListener {
  /** A commit is about to be sent: from now on the file may change at any moment. */
  readonly committing: () => void;
  /** The file has changed; the answers to the writes come after this. Null: whether it has is not known. */
  readonly committed: (done: readonly Done[] | null) => void;
  /** Sessions that cannot be read were found: what is in memory of them must not outlast that. */
  readonly foundUnreadable: () => void;
  /** The content of the files is not that of the last commit any more, and will not be. */
  readonly lost: (reason: string) => void;
  /** No commit follows: the writer's connection is closed after this, as the last one. */
  readonly ending: () => Promise<void>;
}
