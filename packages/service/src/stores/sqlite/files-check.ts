import { type Stats, statfsSync, statSync } from 'node:fs';
import { FilesGone } from './faults.ts';

/** SQLite's files of one database; the log and its index are there while a connection is open. */
const SUFFIXES = ['', '-wal', '-shm'] as const;

type Identity = { readonly dev: number; readonly ino: number };

/**
 * Notices when the files of an open database are deleted, replaced or cut off. SQLite goes on with what it has open then:
 * each write would be answered, and be gone at the next start.
 */
export class FilesCheck {
  readonly #path: string;
  readonly #identities: readonly (Identity | undefined)[];
  #size = 0;
  #wasCutOff = false;

  /** Takes the files that are there now for those that are open. */
  constructor(path: string) {
    this.#path = path;
    this.#identities = SUFFIXES.map((suffix) => find(path + suffix));
    this.assertSame();
  }

  /** Whether the disk has room for more than a few writes; true where the system does not say. */
  hasRoom(): boolean {
    try {
      const { blocks, bavail, bsize } = statfsSync(this.#path);
      return blocks === 0 || bavail * bsize >= ROOM_BYTES;
    } catch {
      return true;
    }
  }

  /** Throws `FilesGone`. A file that was moved away and comes back is the same. */
  assertSame(): void {
    for (let index = 0; index < SUFFIXES.length; index += 1) {
      const suffix = SUFFIXES[index] ?? '';
      const known = this.#identities[index];
      const found = find(this.#path + suffix);
      if (!known) continue;
      if (!found) throw gone(suffix, 'was deleted');
      if (found.ino !== known.ino || found.dev !== known.dev) throw gone(suffix, 'was replaced');
      if (suffix !== '') continue;
      // The file never shrinks by itself. If it has its size again, it may not have its content.
      this.#wasCutOff ||= found.size < this.#size;
      if (this.#wasCutOff) throw gone(suffix, 'was cut off');
      this.#size = found.size;
    }
  }
}

/** What the log may need soon. */
const ROOM_BYTES = 1_048_576;

function find(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new FilesGone(`the files of the database cannot be looked at (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    });
  }
}

function gone(suffix: string, what: string): FilesGone {
  const file = suffix === '' ? 'the database file' : `the file of the database that ends with ${suffix}`;
  return new FilesGone(`${file} ${what} while the service ran: restore it, and start the service again`);
}
