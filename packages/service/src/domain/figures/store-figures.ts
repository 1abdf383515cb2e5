import type { Histogram } from './histogram.ts';

/** The state of the queues and connections of a store, for the metrics. */
export interface StoreFigures {
  /** The number of calls that wait, by queue. */
  readonly waiting: Readonly<Record<string, number>>;
  /** The number of open connections to the server. Absent for a store without a pool. */
  readonly connections?: { readonly used: number; readonly idle: number };
  /** The group commits of this process. Absent for a store without them. */
  readonly commits?: CommitFigures | undefined;
}

export interface CommitFigures {
  /** The number of writes in each commit. */
  readonly writes: Histogram;
  /** Seconds from the first write of a commit, in the queue, to its end. */
  readonly wait_s: Histogram;
}
