import { constants, fstatSync, openSync, type Stats, write, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

type Done = (error: NodeJS.ErrnoException | null, bytes_written: number) => void;

/** The target of log lines. Neither method blocks: the error `EAGAIN` means that the reader is behind. */
export interface LogTarget {
  write(bytes: Buffer, done: Done): void;
  /**
   * For the end of the process, when callbacks are no longer called. Returns the number of bytes written, or throws.
   */
  writeNow(bytes: Buffer): number;
}

const STDOUT = 1;

/** The standard output. Throws if it is closed or has no reader. */
export function standardOutput(): LogTarget {
  const stats = fstatSync(STDOUT);
  if (stats.isFile()) return fileTarget(STDOUT);
  const own = openNonBlocking(STDOUT, stats);
  return own === null ? streamTarget(process.stdout) : nonBlockingTarget(own);
}

/**
 * Opens a pipe or a terminal again, with non-blocking writes. The flag belongs to the open file. A file that other
 * processes share must not be changed. Returns null if the system does not support this. Throws `ENXIO` for a pipe
 * without a reader.
 *
 * Writes in a thread of libuv's pool are not an alternative: the process cannot end while such a thread waits for a reader.
 */
function openNonBlocking(fd: number, stats: Stats): number | null {
  if (process.platform !== 'linux' || !(stats.isFIFO() || stats.isCharacterDevice())) return null;
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    if (stats.isFIFO() && (error as NodeJS.ErrnoException).code === 'ENXIO') throw error;
    // The pipe may belong to another user (sudo, su). This process may then use the open file, but not open the pipe
    // again.
    return null;
  }
}

function nonBlockingTarget(fd: number): LogTarget {
  const writeNow = (bytes: Buffer) => writeSync(fd, bytes);
  return {
    write: (bytes, done) => {
      try {
        done(null, writeNow(bytes));
      } catch (error) {
        done(error as NodeJS.ErrnoException, 0);
      }
    },
    writeNow,
  };
}

/** A slow disk blocks a write instead of returning `EAGAIN`. Therefore another thread writes. */
function fileTarget(fd: number): LogTarget {
  return {
    write: (bytes, done) => write(fd, bytes, done),
    writeNow: (bytes) => writeSync(fd, bytes),
  };
}

/**
 * A socket, or a system other than Linux. Node writes at once what the reader can take, and the rest later. Each write
 * sets the non-blocking flag again, because other processes with the same output, such as a worker, unset it when they
 * start or end.
 */
function streamTarget(stream: Writable & { readonly _handle?: Handle }): LogTarget {
  // Each write passes its error to its own callback.
  stream.on('error', () => {});
  const writeNow = (bytes: Buffer, done?: (error?: Error | null) => void) => {
    stream._handle?.setBlocking?.(false);
    stream.write(bytes, done);
    return bytes.length;
  };
  return {
    write: (bytes, done) => void writeNow(bytes, (error) => done(error ?? null, error ? 0 : bytes.length)),
    writeNow,
  };
}

/** Node's internal handle of a pipe or a socket. */
interface Handle {
  readonly setBlocking?: (isBlocking: boolean) => void;
}
