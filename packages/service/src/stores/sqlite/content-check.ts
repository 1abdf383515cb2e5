import type { Stats } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { prepare, type RowStatement } from './connection.ts';
import { ContentLost } from './faults.ts';

/** The log's header, and what it holds of each frame beside a page (https://www.sqlite.org/fileformat2.html#walformat). */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The first version whose `wal_checkpoint(NOOP)` shows how far the log has been moved, and moves nothing. */
const NOOP_VERSION = [3, 51] as const;

/** What is known of the content: after a checkpoint, and of the log after the last look at it. */
export interface KnownContent {
  readonly file_bytes: number;
  readonly written_at: number;
  readonly moved_frames: number;
  readonly log_bytes: number;
}

/** How many frames the log holds, and how many of them are in the file too. */
interface LogState {
  readonly frames: number;
  readonly moved: number;
}

interface Found {
  readonly file: Stats;
  readonly log: Stats | undefined;
}

/**
 * Notices when another program writes over the open files, or cuts them off: their inodes stay the same then. In WAL
 * mode SQLite writes to the database file in checkpoints only, and this process makes those, or another one that the log
 * shows. Where SQLite cannot show that (before 3.51), and where the system tells times late (Windows), only a file that
 * became smaller is noticed.
 *
 * What was found stays so: a file that has its size or time again may not have its content.
 */
export class ContentCheck {
  readonly #logState: RowStatement | null;
  readonly #frame_bytes: number;
  #known: KnownContent;
  #lost: ContentLost | null = null;

  constructor(db: DatabaseSync, found: Found, known?: KnownContent) {
    this.#logState = showsLogState(db) ? prepare(db, 'PRAGMA wal_checkpoint(NOOP)') : null;
    this.#frame_bytes = Number(prepare(db, 'PRAGMA page_size').get()?.[0]) + FRAME_HEADER_BYTES;
    this.#known = known ?? this.#read(found);
  }

  get known(): KnownContent {
    return this.#known;
  }

  /** Throws `ContentLost`. */
  assertKept({ file, log }: Found): void {
    if (this.#lost) throw this.#lost;
    const { file_bytes, written_at, log_bytes } = this.#known;
    const log_bytes_now = log?.size ?? 0;
    if (file.size < file_bytes) throw this.#lose('the database file was cut off or overwritten');
    const isWritten = file.size !== file_bytes || file.mtimeMs !== written_at;
    if (isWritten || log_bytes_now < log_bytes) this.#explain({ file, log }, isWritten);
    else if (log_bytes_now > log_bytes) this.#known = { ...this.#known, log_bytes: log_bytes_now };
  }

  /** After a checkpoint of this process. */
  checkpointed(found: Found): void {
    this.#known = this.#read(found);
  }

  #explain(found: Found, isWritten: boolean): void {
    const bytes = found.log?.size ?? 0;
    if (this.#logState) {
      const state = this.#readLogState();
      // Another process is at it. The next look sees what has become of it.
      if (state === 'busy') return;
      if (bytes < LOG_HEADER_BYTES + state.frames * this.#frame_bytes && state.frames > 0) {
        throw this.#lose('the write-ahead log (-wal) was cut off or overwritten');
      }
      if (isWritten && !this.#isCheckpointed(state, bytes)) {
        throw this.#lose('the database file was overwritten by another program');
      }
    }
    this.#known = this.#read(found);
  }

  /** Whether another process has moved the log into the file since the last look. */
  #isCheckpointed({ frames, moved }: LogState, log_bytes: number): boolean {
    if (frames === 0) return log_bytes < this.#known.log_bytes;
    return moved > 0 && moved !== this.#known.moved_frames;
  }

  #read({ file, log }: Found): KnownContent {
    const state = this.#logState ? this.#readLogState() : 'busy';
    return {
      file_bytes: file.size,
      written_at: file.mtimeMs,
      moved_frames: state === 'busy' ? 0 : state.moved,
      log_bytes: log?.size ?? 0,
    };
  }

  #readLogState(): LogState | 'busy' {
    const [busy, frames, moved] = this.#logState?.get() ?? [];
    return busy === 0 ? { frames: Number(frames), moved: Number(moved) } : 'busy';
  }

  #lose(what: string): ContentLost {
    this.#lost = new ContentLost(
      `${what} while the service ran: stop the service, restore a backup and start it again`,
    );
    return this.#lost;
  }
}

function showsLogState(db: DatabaseSync): boolean {
  if (process.platform === 'win32') return false;
  const [version] = prepare(db, 'SELECT sqlite_version()').get() ?? [];
  const [major = 0, minor = 0] = String(version).split('.').map(Number);
  return major > NOOP_VERSION[0] || (major === NOOP_VERSION[0] && minor >= NOOP_VERSION[1]);
}
