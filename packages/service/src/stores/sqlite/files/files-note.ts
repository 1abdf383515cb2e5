import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { SessionsError } from '../../../domain/errors.ts';
import { ContentLost, type FilesGone } from '../faults.ts';

const PRIVATE_MODE = 0o600;

/** Beside the database while its log may belong to another file. */
function noteFile(path: string): string {
  return `${path}-note`;
}

interface Note {
  readonly problem: string;
  /** The database file that the log belongs to; null where its content is lost. */
  readonly file: string | null;
}

/**
 * A note beside the database, for the next start. A log that was left by one file would be applied to a backup that was
 * put in its place, and SQLite would mix the two: nothing in a log says which file it belongs to.
 */
export class FilesNote {
  readonly #path: string;
  readonly #file: string | null;
  #written: Note | null = null;

  /** Takes the file that is there now for the one that is open. A note of an earlier run has been settled by then. */
  constructor(path: string) {
    this.#path = path;
    this.#file = birthOf(path);
    rmSync(noteFile(path), { force: true });
  }

  /** Where no log was left, nothing can be mixed. */
  write(error: FilesGone): void {
    // Without the advice, which is for the run.
    const problem = error.message.replace(/:.*$/, '');
    const note: Note = { problem, file: error instanceof ContentLost ? null : this.#file };
    if (this.#written?.file === note.file) return;
    this.#quietly(() => {
      if (logBytes(this.#path) === 0) return;
      writeFileSync(noteFile(this.#path), `${JSON.stringify(note)}\n`, { mode: PRIVATE_MODE });
      this.#written = note;
    });
  }

  /** The files are again those that are open. */
  remove(): void {
    if (!this.#written) return;
    this.#quietly(() => {
      rmSync(noteFile(this.#path), { force: true });
      this.#written = null;
    });
  }

  /** In a folder that cannot be used, there is no note: the fault of the files is reported anyway. */
  #quietly(work: () => void): void {
    try {
      work();
    } catch {
      // See above.
    }
  }
}

/** Throws `STORE_UNUSABLE` where a note says that the log may belong to another file than the one that is there. */
export function assertLogOfFile(path: string): void {
  const note = readNote(path);
  if (!note || logBytes(path) === 0) return;
  if (note.file !== null && note.file === birthOf(path)) return;
  const problem = `${path}-wal may belong to another database than ${path}, since in the last run ${note.problem}`;
  const advice = `To start with ${path} as it is, such as a restored backup, delete ${path}-wal and ${path}-shm. If the log does belong to it, delete ${noteFile(path)}.`;
  throw new SessionsError('STORE_UNUSABLE', `${problem}. ${advice}`);
}

/** Bytes of the write-ahead log that is there; 0 for none. */
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

/** With the time of its creation: the inode of a file that was deleted is given to another one. */
function birthOf(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.ino} ${stats.birthtimeMs}` : null;
}
