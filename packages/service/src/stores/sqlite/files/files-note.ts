import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { SessionsError } from '../../../domain/errors.ts';
import { ContentLost, type FilesGone } from '../faults.ts';

const PRIVATE_MODE = 0o600;

/** The file exists while the log may belong to another database file. */
function noteFile(path: string): string {
  return `${path}-note`;
}

interface Note {
  readonly problem: string;
  /** The database file that the log belongs to; null if its content is lost. */
  readonly file: string | null;
}

/**
 * A note for the next start, stored beside the database. If an operator replaces the database by a backup, SQLite would
 * apply the old log to the backup and mix the two. The log alone does not show that: it does not name its database
 * file.
 */
export class FilesNote {
  readonly #path: string;
  readonly #file: string | null;
  #written: Note | null = null;

  /** The file that exists now counts as the open one. A note of an earlier run has been handled before. */
  constructor(path: string) {
    this.#path = path;
    this.#file = birthOf(path);
    rmSync(noteFile(path), { force: true });
  }

  /** Writes nothing if there is no log: then nothing can be mixed. */
  write(error: FilesGone): void {
    // Without the advice, which applies only while the service runs.
    const problem = error.message.replace(/:.*$/, '');
    const note: Note = { problem, file: error instanceof ContentLost ? null : this.#file };
    if (this.#written?.file === note.file) return;
    this.#quietly(() => {
      if (logBytes(this.#path) === 0) return;
      writeFileSync(noteFile(this.#path), `${JSON.stringify(note)}\n`, { mode: PRIVATE_MODE });
      this.#written = note;
    });
  }

  /** Call it when the files are the open ones again. */
  remove(): void {
    if (!this.#written) return;
    this.#quietly(() => {
      rmSync(noteFile(this.#path), { force: true });
      this.#written = null;
    });
  }

  /** If the folder cannot be used, no note is written. The fault of the files is reported anyway. */
  #quietly(work: () => void): void {
    try {
      work();
    } catch {
      // See above.
    }
  }
}

/** Throws `STORE_UNUSABLE` if, according to a note, the log may belong to another database file. */
export function assertLogOfFile(path: string): void {
  const note = readNote(path);
  if (!note || logBytes(path) === 0) return;
  if (note.file !== null && note.file === birthOf(path)) return;
  const problem = `${path}-wal may belong to another database than ${path}, since in the last run ${note.problem}`;
  const advice = `To start with ${path} as it is, such as a restored backup, delete ${path}-wal and ${path}-shm. If the log does belong to it, delete ${noteFile(path)}.`;
  throw new SessionsError('STORE_UNUSABLE', `${problem}. ${advice}`);
}

/** The size of the write-ahead log in bytes; 0 if there is none. */
export function logBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

function readNote(path: string): Note | null {
  try {
    return JSON.parse(readFileSync(noteFile(path), 'utf8')) as Note;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return { problem: 'its files were changed', file: null };
  }
}

/** The inode and the creation time: the system reuses the inode of a deleted file. */
function birthOf(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.ino} ${stats.birthtimeMs}` : null;
}
