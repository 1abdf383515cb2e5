import { type Stats, statSync } from 'node:fs';
import { FilesGone } from '../faults.ts';

/** SQLite's files of one database, and the lock file. The log and its index exist while a connection is open. */
const SUFFIXES = ['', '-wal', '-shm', '-owner'] as const;

/** Identifies a file in the system, independent of its path. */
export interface Identity {
  readonly dev: number;
  readonly ino: number;
}

/** One per suffix; undefined for a file that did not exist. */
export type Identities = readonly (Identity | undefined)[];

interface Found {
  readonly file: Stats;
  readonly log: Stats | undefined;
}

/**
 * Detects that the files of an open database are deleted, moved away or replaced. SQLite would continue with the open
 * files: writes would succeed and be lost at the next start.
 */
export class FilesCheck {
  readonly #path: string;
  readonly identities: Identities;

  /** Without `identities`, the files that exist now count as the open ones. */
  constructor(path: string, identities?: Identities) {
    this.#path = path;
    this.identities = identities ?? SUFFIXES.map((suffix) => identityOf(find(path + suffix)));
    this.assertSame();
  }

  /** Throws `FilesGone`. A file that was moved away and comes back counts as the same. */
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
    throw new FilesGone(`the files of the database cannot be checked (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    });
  }
}

function gone(suffix: Suffix, what: string): FilesGone {
  return new FilesGone(
    `${NAMES[suffix]} ${what} while the service ran: put it back, or stop the service and restore a backup`,
  );
}
