import { closeSync, constants, fstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { monotonicTime } from '../../domain/time/clock.ts';
import { createPrivateFile } from '../../stores/shared/private-file.ts';
import { lineHash, NO_LINE } from './audit-line.ts';

/** How often the file is compared with that of its path: a rotation renames it. */
const CHECK_INTERVAL_MS = 1_000;
/** More than the longest line. */
const TAIL_BYTES = 65_536;

/** The file of an audit log. Several processes may append to it. After a rotation the next line begins a new file. */
export class AuditFile {
  readonly #path: string;
  #file: number | null = null;
  #checked_at = Number.NEGATIVE_INFINITY;

  constructor(path: string) {
    this.#path = path;
  }

  /** Returns the hash of the last line. Throws the errors of the system. */
  lastHash(): string {
    const file = this.#open();
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const reader = openSync(this.#path, 'r');
    try {
      readSync(reader, tail, 0, tail.length, size - tail.length);
    } finally {
      closeSync(reader);
    }
    const last = tail.toString().split('\n').filter(Boolean).at(-1);
    return last === undefined ? NO_LINE : lineHash(last);
  }

  /** Appends a line. Throws the errors of the system; then nothing or a part of the line was written. */
  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    const written = writeSync(this.#open(), bytes);
    if (written < bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes were written`);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #open(): number {
    const now = monotonicTime();
    if (this.#file !== null && now - this.#checked_at >= CHECK_INTERVAL_MS) {
      this.#checked_at = now;
      if (!this.#isCurrent(this.#file)) this.close();
    }
    if (this.#file === null) {
      createPrivateFile(this.#path);
      this.#file = openSync(this.#path, constants.O_WRONLY | constants.O_APPEND);
    }
    return this.#file;
  }

  #isCurrent(file: number): boolean {
    const { ino, dev } = fstatSync(file);
    const current = statSync(this.#path, { throwIfNoEntry: false });
    return current?.ino === ino && current.dev === dev;
  }
}
