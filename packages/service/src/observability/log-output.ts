import { monotonicTime } from '../domain/time/clock.ts';
import type { LogTarget } from './log-target.ts';

/**
 * Lines are written in chunks: one write for each line would cost more than a request. Chunks of several processes on
 * one pipe are not interleaved up to this size (PIPE_BUF of Linux).
 */
const CHUNK_BYTES_MAX = 4_096;
const FLUSH_INTERVAL_MS = 100;
/** The pause while the reader is behind: a pipe of 64 KiB can then transport 6 MB a second. */
const RETRY_MS = 10;
/** The pause after another fault, like a full disk. */
const FAULT_RETRY_MS = 1_000;
/** Maximum size of the lines that wait for the reader; further lines are dropped. */
const WAITING_BYTES_MAX = 1_048_576;
/** How long the end of the process waits for the reader. */
const EXIT_TIMEOUT_MS = 250;

/** Error codes that mean that the reader has ended. */
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ENXIO', 'EBADF', 'ECONNRESET', 'ENOTCONN']);

interface LogOutputOptions {
  /** Opens the target at the first line. It throws if there is no reader. */
  readonly open: () => LogTarget;
  /** Returns the log line that reports the number of dropped lines. */
  readonly droppedLine: (count: number) => string;
  readonly waiting_bytes_max?: number;
}

/**
 * Writes log lines and never blocks on their reader. Lines wait in memory while the reader is behind. At the bound,
 * further lines are dropped and counted. When the reader ends, the log ends too, but the process continues.
 */
export class LogOutput {
  readonly #options: LogOutputOptions;
  readonly #waiting_bytes_max: number;
  /** Null after the reader has ended; undefined before the first line. */
  #target: LogTarget | null | undefined;
  /** Lines that are not in `#chunks` yet. */
  #lines = '';
  #lines_bytes = 0;
  #chunks: Buffer[] = [];
  #waiting_bytes = 0;
  #dropped = 0;
  #isWriting = false;
  #isDraining = false;
  #isRetrying = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LogOutputOptions) {
    this.#options = options;
    this.#waiting_bytes_max = options.waiting_bytes_max ?? WAITING_BYTES_MAX;
  }

  write(line: string): void {
    if (this.#target === undefined) this.#open();
    if (this.#target === null) return;
    const bytes = Buffer.byteLength(line);
    if (this.#waiting_bytes + bytes > this.#waiting_bytes_max) {
      this.#dropped += 1;
      return;
    }
    if (this.#lines_bytes + bytes > CHUNK_BYTES_MAX) {
      this.#closeChunk();
      this.#drain();
    }
    this.#lines += line;
    this.#lines_bytes += bytes;
    this.#waiting_bytes += bytes;
    this.#wake(FLUSH_INTERVAL_MS);
  }

  /** Writes as much as the reader can take now. */
  flush(done?: () => void): void {
    this.#closeChunk();
    this.#drain();
    done?.();
  }

  /** At the end of the process: waits briefly for a reader that is behind. */
  #end(): void {
    this.#closeChunk();
    // The current write completes by itself, in another thread.
    if (this.#isWriting) this.#chunks.shift();
    const deadline = monotonicTime() + EXIT_TIMEOUT_MS;
    for (let chunk = this.#chunks[0]; chunk && this.#target; chunk = this.#chunks[0]) {
      try {
        this.#taken(this.#target.writeNow(chunk));
      } catch (error) {
        if (codeOf(error) !== 'EAGAIN' || monotonicTime() >= deadline) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }

  #open(): void {
    try {
      this.#target = this.#options.open();
      process.once('exit', () => this.#end());
    } catch {
      this.#target = null;
    }
  }

  #closeChunk(): void {
    if (this.#lines === '') return;
    this.#chunks.push(Buffer.from(this.#lines));
    this.#lines = '';
    this.#lines_bytes = 0;
  }

  #drain(): void {
    if (this.#isDraining || this.#isRetrying) return;
    this.#isDraining = true;
    for (let chunk = this.#chunks[0]; chunk && this.#target && !this.#isWriting; chunk = this.#chunks[0]) {
      this.#isWriting = true;
      this.#target.write(chunk, (error, bytes) => this.#written(error, bytes));
      if (this.#isRetrying) break;
    }
    this.#isDraining = false;
  }

  #written(error: unknown, bytes: number): void {
    this.#isWriting = false;
    if (error) {
      this.#failed(codeOf(error));
      return;
    }
    this.#taken(bytes);
    if (this.#chunks.length === 0 && this.#dropped > 0) this.#reportDropped();
    this.#drain();
  }

  #taken(bytes: number): void {
    const [chunk] = this.#chunks;
    if (!chunk) return;
    this.#waiting_bytes -= bytes;
    if (bytes === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(bytes);
  }

  #reportDropped(): void {
    const line = this.#options.droppedLine(this.#dropped);
    this.#dropped = 0;
    this.write(line);
  }

  #failed(code: string | undefined): void {
    if (GONE.has(code)) {
      this.#target = null;
      this.#chunks = [];
      this.#lines = '';
      return;
    }
    this.#isRetrying = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#wake(code === 'EAGAIN' ? RETRY_MS : FAULT_RETRY_MS);
  }

  #wake(delay_ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#isRetrying = false;
      this.flush();
    }, delay_ms).unref();
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
