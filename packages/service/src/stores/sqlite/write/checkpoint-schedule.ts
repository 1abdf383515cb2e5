import { monotonicTime } from '../../../domain/time/clock.ts';
import type { SqliteStoreConfig } from '../config.ts';
import { bytesOfCommit } from './log-growth.ts';
import type { Write } from './writes.ts';

/** A failed checkpoint is retried after the log has grown by this part of its limit. */
const RETRY_PART = 8;
/** A checkpoint that a reader held back is retried after the next commit, once this time has passed. */
const HELD_BACK_RETRY_MS = 100;
/** How long one write over many sessions waits for a log that is held back, in all its steps together. */
const HELD_BACK_WAIT_MS_MAX = 1_000;

/**
 * Decides when the write-ahead log is moved into the database file: when it has grown. From time to time the log is
 * also truncated, because it still holds deleted sessions. The size of the log's file does not show its growth: the
 * file keeps its size when the log restarts.
 *
 * A checkpoint cannot move what was written after the snapshot of the oldest reader. The rest accumulates while that
 * reader runs. Then a single checkpoint moves all of it, and every write waits. Writes over many sessions add most to
 * the log, so they wait while it is held back (`waits`). Without that, opens waited 290 ms with 10 million sessions and
 * `GET /v2/stats` during a sweep.
 */
export class CheckpointSchedule {
  readonly #config: Pick<SqliteStoreConfig, 'wal_bytes_max' | 'wal_age_ms_max'>;
  #wal_bytes = 0;
  #cut_at = monotonicTime();
  #made_at = monotonicTime();
  #isHeldBack = false;
  #isWanted = false;
  #next: PromiseWithResolvers<void> | null = null;

  constructor(config: Pick<SqliteStoreConfig, 'wal_bytes_max' | 'wal_age_ms_max'>) {
    this.#config = config;
  }

  committing(writes: readonly Write[]): void {
    this.#wal_bytes += bytesOfCommit(writes);
  }

  /** The checkpoint to make now; null for none. */
  takeDue(): { readonly cut: boolean } | null {
    const { wal_bytes_max, wal_age_ms_max } = this.#config;
    const now = monotonicTime();
    const cut = now - this.#cut_at >= wal_age_ms_max;
    const again = this.#isHeldBack && (this.#isWanted || now - this.#made_at >= HELD_BACK_RETRY_MS);
    if (!cut && !again && this.#wal_bytes < wal_bytes_max) return null;
    if (cut) this.#cut_at = now;
    this.#wal_bytes = 0;
    this.#isWanted = false;
    return { cut };
  }

  /** `pages_left` is the number of pages that a reader kept from being moved; null if the checkpoint failed. */
  made(pages_left: number | null): void {
    const { wal_bytes_max } = this.#config;
    this.#made_at = monotonicTime();
    this.#isHeldBack = pages_left !== null && pages_left > 0;
    if (pages_left === null) this.#wal_bytes = Math.max(this.#wal_bytes, wal_bytes_max - wal_bytes_max / RETRY_PART);
    this.#next?.resolve();
    this.#next = null;
  }

  /** Requests a checkpoint after a reader has ended. Resolves when it was made; returns null if none is needed. */
  want(): Promise<void> | null {
    if (!this.#isHeldBack) return null;
    this.#isWanted = true;
    return this.#made();
  }

  /**
   * For the steps of one write over many sessions. Resolves when no reader holds the log back, or when the write has
   * waited for one second in total.
   */
  waits(): () => Promise<void> {
    let rest_ms = HELD_BACK_WAIT_MS_MAX;
    return async () => {
      if (!this.#isHeldBack || rest_ms <= 0) return;
      const started = monotonicTime();
      const late = Promise.withResolvers<void>();
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        late.resolve();
      }, rest_ms);
      while (this.#isHeldBack && !isLate) await Promise.race([this.#made(), late.promise]);
      clearTimeout(timer);
      rest_ms = isLate ? 0 : rest_ms - (monotonicTime() - started);
    };
  }

  #made(): Promise<void> {
    this.#next ??= Promise.withResolvers();
    return this.#next.promise;
  }
}
