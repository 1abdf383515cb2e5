import { constants, fstatSync, openSync, type Stats, write, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

type Done = (error: NodeJS.ErrnoException | null, bytes_written: number) => void;

/** A place for log lines. Neither method waits for its reader: `EAGAIN` says that the reader is behind. */
export interface LogTarget {
  write(bytes: Buffer, done: Done): void;
  /** For the end of the process, when no callback is called any more. Returns the number of bytes written, or throws. */
  writeNow(bytes: Buffer): number;
}

const STDOUT = 1;

/** Standard output. Throws when it is closed, or when nobody reads it. */
export function standardOutput(): LogTarget {
  const stats = fstatSync(STDOUT);
  if (stats.isFile()) return fileTarget(STDOUT);
  const own = openNonBlocking(STDOUT, stats);
  return own === null ? streamTarget(process.stdout) : nonBlockingTarget(own);
}

/**
 * Opens a pipe or a terminal once more, so that only this process's writes return at once when the reader is behind: the
 * flag belongs to the open file, which other processes share. Null where the system cannot do so. Throws `ENXIO` for a
 * pipe that nobody reads any more.
 *
 * A write in a thread of libuv's pool would not do. The process cannot end while one of these threads waits for a reader.
 */
function openNonBlocking(fd: number, stats: Stats): number | null {
  if (process.platform !== 'linux' || !(stats.isFIFO() || stats.isCharacterDevice())) return null;
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    if (stats.isFIFO() && (error as NodeJS.ErrnoException).code === 'ENXIO') throw error;
    // The pipe may belong to another user, and only its open file may be used (sudo, su).
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

/** A disk can be slow, and has no way to say so: another thread waits for it. */
function fileTarget(fd: number): LogTarget {
  return {
    write: (bytes, done) => write(fd, bytes, done),
    writeNow: (bytes) => writeSync(fd, bytes),
  };
}

/**
 * A socket, and what is no Linux. Node writes at once what the reader can take, and the rest later. It sets the flag that
 * makes writes return at once, but so that other processes can unset it: each one does that starts with this output or ends
 * with it, such as a worker.
 */
function streamTarget(stream: Writable & { readonly _handle?: Handle }): LogTarget {
  // Each write calls back with its own error.
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

/** Node's own, of a pipe or a socket. */
interface Handle {
  readonly setBlocking?: (isBlocking: boolean) => void;
}
