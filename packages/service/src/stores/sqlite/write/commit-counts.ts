import type { SessionsError } from '../../../domain/errors.ts';
import { Histogram } from '../../../domain/figures/histogram.ts';
import type { CommitFigures } from '../../../domain/figures/store-figures.ts';
import { monotonicTime } from '../../../domain/time/clock.ts';
import type { Write, WriteResult } from './writes.ts';

/** A write that waits for its commit. */
export interface Waiting {
  readonly write: Write;
  readonly resolve: (result: WriteResult) => void;
  readonly reject: (error: SessionsError) => void;
  /** When it was added, by `monotonicTime`. */
  readonly since: number;
}

/** Counts the commits of a queue. */
export class CommitCounts implements CommitFigures {
  readonly writes = new Histogram([1, 4, 16, 64, 256, 1_024]);
  readonly wait_s = new Histogram([0.001, 0.005, 0.025, 0.1, 0.5, 2.5]);

  /** Counts a commit that has ended, with its writes in their order. */
  add(done: readonly Waiting[]): void {
    const [first] = done;
    if (!first) return;
    this.writes.observe(done.length);
    this.wait_s.observe((monotonicTime() - first.since) / 1000);
  }
}
