import { closeSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

/**
 * Offsets in the index, of 32-bit numbers in native byte order
 * (https://www.sqlite.org/walformat.html#wal_index_header).
 */
const FRAMES_AT = 16;
const MOVED_AT = 96;
const ATTEMPTED_AT = 128;
const HEADER_BYTES = 136;

/**
 * The number of frames in the log, of frames moved into the file, and of frames that the last checkpoint tried to move.
 */
export interface LogState {
  readonly frames: number;
  readonly moved: number;
  readonly attempted: number;
}

/**
 * Reads the index of the write-ahead log (`-shm`), which shows the checkpoints of every process. `wal_checkpoint(NOOP)`
 * does not show a checkpoint in progress. The file must stay open as long as any connection of the process: closing it
 * releases their locks.
 */
export class LogIndex {
  readonly fd: number;
  readonly #header = Buffer.alloc(HEADER_BYTES);

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** `fd` comes from a thread that has ended. Null on Windows, where the locks prevent reading the file. */
  static open(path: string, fd: number | null): LogIndex | null {
    return process.platform === 'win32' ? null : new LogIndex(fd ?? openSync(`${path}-shm`, 'r'));
  }

  /** Null if the index was truncated. */
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
