import type { Stats } from 'node:fs';
import { ContentLost } from '../faults.ts';
import type { LogIndex, LogState } from './log-index.ts';

/**
 * Sizes in the log: of its header, and of the header of each frame (https://www.sqlite.org/fileformat2.html#walformat).
 */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** The content at the last check, or after the last checkpoint of this process. */
export interface KnownContent {
  readonly file_bytes: number;
  readonly written_at: number;
  readonly state: LogState | null;
}

interface Found {
  readonly file: Stats;
  readonly log: Stats | undefined;
}

interface ContentCheckOptions {
  readonly page_bytes: number;
  /** Null if the index cannot be read: then only a database file that became smaller is detected. */
  readonly index: LogIndex | null;
}

/**
 * Detects that another program overwrites or truncates the open files; their inodes stay the same then. In WAL mode,
 * SQLite writes to the database file only in checkpoints, and the log's index shows the checkpoints of other processes.
 *
 * A loss is permanent: a file that has its old size or time again may not have its old content.
 */
export class ContentCheck {
  readonly #frame_bytes: number;
  readonly #index: LogIndex | null;
  #known: KnownContent;
  #lost: ContentLost | null = null;

  constructor({ page_bytes, index }: ContentCheckOptions, found: Found, known?: KnownContent) {
    this.#frame_bytes = page_bytes + FRAME_HEADER_BYTES;
    this.#index = index;
    this.#known = known ?? knownOf(found, index?.read() ?? null);
  }

  get known(): KnownContent {
    return this.#known;
  }

  /** Throws `ContentLost`. */
  assertKept(found: Found): void {
    if (this.#lost) throw this.#lost;
    const { file, log } = found;
    const { file_bytes, written_at } = this.#known;
    if (file.size < file_bytes) throw this.#lose('the database file was cut off or overwritten');
    const state = this.#index?.read() ?? null;
    if (state) {
      if (state.frames > 0 && (log?.size ?? 0) < LOG_HEADER_BYTES + state.frames * this.#frame_bytes) {
        throw this.#lose('the write-ahead log (-wal) was cut off or overwritten');
      }
      const isWritten = file.size !== file_bytes || file.mtimeMs !== written_at;
      if (isWritten && !isCheckpointed(state, this.#known.state)) {
        throw this.#lose('the database file was overwritten by another program');
      }
    }
    this.#known = knownOf(found, state);
  }

  /** Call it after a checkpoint of this process. */
  checkpointed(found: Found): void {
    this.#known = knownOf(found, this.#index?.read() ?? null);
  }

  #lose(what: string): ContentLost {
    this.#lost = new ContentLost(
      `${what} while the service ran: stop the service, restore a backup and start it again`,
    );
    return this.#lost;
  }
}

/** Whether another process has moved the log into the file since the last check, or is doing so. */
function isCheckpointed({ frames, moved, attempted }: LogState, known: LogState | null): boolean {
  if (!known) return true;
  // Only the process that truncated the log leaves it empty.
  if (frames === 0) return known.frames > 0;
  if (attempted === 0) return false;
  return moved < attempted || moved !== known.moved || attempted !== known.attempted;
}

function knownOf({ file }: Found, state: LogState | null): KnownContent {
  return { file_bytes: file.size, written_at: file.mtimeMs, state };
}
