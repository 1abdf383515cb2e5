import type { StoreReport } from '../../shared/store-url.ts';
import { unavailable } from '../../shared/unavailable.ts';

/** Reports of the commit queue to the operator. Each names the database file. */
export class QueueReports {
  readonly #report: (report: StoreReport) => void;
  readonly #file: string;

  constructor(report: (report: StoreReport) => void, file: string) {
    this.#report = report;
    this.#file = file;
  }

  /** Reports whether writes are possible. If the content of the files is lost, reads are impossible too. */
  writability(line: StoreReport, isLost: boolean): void {
    const msg = 'the store can be neither written to nor read: another program has changed its files';
    this.#write(isLost ? { ...line, msg } : line);
  }

  unreadable(count: number): void {
    const msg = 'sessions in a damaged part of the database were left out of a write over many sessions';
    this.#write({ level: 'error', count, msg });
  }

  checkpointFailed(fault: string): void {
    const msg = 'the write-ahead log was not moved into the database; it grows until that is possible';
    this.#write({ level: 'error', err: unavailable(fault), msg });
  }

  #write(line: StoreReport): void {
    this.#report({ ...line, file: this.#file });
  }
}
