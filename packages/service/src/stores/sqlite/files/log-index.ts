import { closeSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

/** Where the index says so, as numbers of 32 bits of this machine (https://www.sqlite.org/walformat.html#wal_index_header). */
const FRAMES_AT = 16;
const MOVED_AT = 96;
const ATTEMPTED_AT = 128;
const HEADER_BYTES = 136;

/** How many frames the log holds; how many are in the file too; and how many the last checkpoint was to move. */
export interface LogState {
  readonly frames: number;
  readonly moved: number;
  readonly attempted: number;
}

/**
 * The index of the write-ahead log (`-shm`), which shows the checkpoints of every process: `wal_checkpoint(NOOP)` shows none
 * that is under way. The file must stay open as long as any connection of the process: closing it releases their locks.
 */
export class LogIndex {
  readonly fd: number;
  readonly #header = Buffer.alloc(HEADER_BYTES);

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** `fd` is that of a thread that has ended. Null on Windows, where the locks keep the file from being read. */
  static open(path: string, fd: number | null): LogIndex | null {
    return process.platform === 'win32' ? null : new LogIndex(fd ?? openSync(`${path}-shm`, 'r'));
  }

  /** Null where the index was cut off. */
  read(): LogState | null {
    if (readSync(this.fd, this.#header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return null;
    return { frames: this.#at(FRAMES_AT), moved: this.#at(MOVED_AT), attempted: this.#at(ATTEMPTED_AT) };
  }

  close(): void {
    closeSync(this.fd);
  }

  #at(offset: number): number {
    return endianness() === 'LE' ? this.#header.readUInt32LE(offset) : this.#header.readUInt32BE(offset);
  }
}
