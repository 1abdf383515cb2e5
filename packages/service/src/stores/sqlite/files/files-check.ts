import { type Stats, statSync } from 'node:fs';
import { FilesGone } from '../faults.ts';

/** SQLite's files of one database, and the file of the lock. The log and its index are there while a connection is open. */
const SUFFIXES = ['', '-wal', '-shm', '-owner'] as const;

/** A file as the system knows it, whatever its path. */
export interface Identity {
  readonly dev: number;
  readonly ino: number;
}

/** One a suffix; undefined for a file that was not there. */
export type Identities = readonly (Identity | undefined)[];

interface Found {
  readonly file: Stats;
  readonly log: Stats | undefined;
}

/**
 * Notices when the files of an open database are deleted, moved away or replaced. SQLite goes on with what it has open
 * then: each write would be answered, and be gone at the next start.
 */
export class FilesCheck {
  readonly #path: string;
  readonly identities: Identities;

  /** Without `identities`, takes the files that are there now for those that are open. */
  constructor(path: string, identities?: Identities) {
    this.#path = path;
    this.identities = identities ?? SUFFIXES.map((suffix) => identityOf(find(path + suffix)));
    this.assertSame();
  }

  /** Throws `FilesGone`. A file that was moved away and comes back is the same. */
  assertSame(): Found {
    const [file, log] = SUFFIXES.map((suffix, index) => this.#findSame(suffix, this.identities[index]));
    if (!file) throw gone('', 'was not there');
    return { file, log };
  }

  #findSame(suffix: Suffix, known: Identity | undefined): Stats | undefined {
    const found = find(this.#path + suffix);
    if (!known) return found;
    if (!found) throw gone(suffix, 'was deleted or moved away');
    if (found.ino !== known.ino || found.dev !== known.dev) throw gone(suffix, 'was replaced');
    return found;
  }
}

type Suffix = (typeof SUFFIXES)[number];

const NAMES: Readonly<Record<Suffix, string>> = {
  '': 'the database file',
  '-wal': 'the write-ahead log (-wal)',
  '-shm': 'the index of the write-ahead log (-shm)',
  '-owner': 'the lock file (-owner)',
};

function identityOf(stats: Stats | undefined): Identity | undefined {
  return stats && { dev: stats.dev, ino: stats.ino };
}

function find(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new FilesGone(`the files of the database cannot be looked at (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    });
  }
}

function gone(suffix: Suffix, what: string): FilesGone {
  return new FilesGone(
    `${NAMES[suffix]} ${what} while the service ran: put it back, or stop the service and restore a backup`,
  );
}
