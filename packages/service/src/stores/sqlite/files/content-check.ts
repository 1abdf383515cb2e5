import type { Stats } from 'node:fs';
import { ContentLost } from '../faults.ts';
import type { LogIndex, LogState } from './log-index.ts';

/** The log's header, and what it holds of each frame beside a page (https://www.sqlite.org/fileformat2.html#walformat). */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** What the last look has found, or the last checkpoint of this process has left. */
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
  /** Null where it cannot be read: only a database file that became smaller is noticed then. */
  readonly index: LogIndex | null;
}

/**
 * Notices when another program writes over the open files, or cuts them off: their inodes stay the same then. In WAL
 * mode SQLite writes to the database file in checkpoints only, and the log's index shows those of other processes.
 *
 * What was found stays so: a file that has its size or time again may not have its content.
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

  /** After a checkpoint of this process. */
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

/** Whether another process has moved the log into the file since the last look, or is about it. */
function isCheckpointed({ frames, moved, attempted }: LogState, known: LogState | null): boolean {
  if (!known) return true;
  // Only the process that has cut the log leaves it empty.
  if (frames === 0) return known.frames > 0;
  if (attempted === 0) return false;
  return moved < attempted || moved !== known.moved || attempted !== known.attempted;
}

function knownOf({ file }: Found, state: LogState | null): KnownContent {
  return { file_bytes: file.size, written_at: file.mtimeMs, state };
}
