import { monotonicTime } from '../../../domain/time/clock.ts';
import type { SqliteStoreConfig } from '../config.ts';
import { bytesOfCommit } from './log-growth.ts';
import type { Write } from './writes.ts';

/** A checkpoint that failed is tried again after this part of the log's bound. */
const RETRY_PART = 8;

/**
 * When the write-ahead log is moved into the file: once it has grown; and from time to time it is cut too, since it holds
 * what was deleted. The file of the log says nothing: it keeps its size when the log starts anew.
 */
export class CheckpointSchedule {
  readonly #config: Pick<SqliteStoreConfig, 'wal_bytes_max' | 'wal_age_ms_max'>;
  #wal_bytes = 0;
  #cut_at = monotonicTime();

  constructor(config: Pick<SqliteStoreConfig, 'wal_bytes_max' | 'wal_age_ms_max'>) {
    this.#config = config;
  }

  committing(writes: readonly Write[]): void {
    this.#wal_bytes += bytesOfCommit(writes);
  }

  /** The checkpoint that is to be made now; null for none. */
  takeDue(): { readonly cut: boolean } | null {
    const { wal_bytes_max, wal_age_ms_max } = this.#config;
    const now = monotonicTime();
    const cut = now - this.#cut_at >= wal_age_ms_max;
    if (!cut && this.#wal_bytes < wal_bytes_max) return null;
    if (cut) this.#cut_at = now;
    this.#wal_bytes = 0;
    return { cut };
  }

  failed(): void {
    const { wal_bytes_max } = this.#config;
    this.#wal_bytes = Math.max(this.#wal_bytes, wal_bytes_max - wal_bytes_max / RETRY_PART);
  }
}
