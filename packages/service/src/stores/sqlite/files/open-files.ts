import { statfsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { prepare } from '../connection.ts';
import { ContentLost, FilesGone } from '../faults.ts';
import { ContentCheck, type KnownContent } from './content-check.ts';
import { FilesCheck, type Identities } from './files-check.ts';
import { FilesNote } from './files-note.ts';
import { LogIndex } from './log-index.ts';

/** The files that a restarted thread must find. */
export interface KnownFiles {
  readonly identities: Identities;
  /** Null if the content is unknown, because a checkpoint was in progress. */
  readonly content: KnownContent | null;
  /** File descriptor of the log's index, which stays open as long as the process has connections. */
  readonly index_fd: number | null;
}

/** The space that the log may need soon. */
const ROOM_BYTES = 1_048_576;

/**
 * Checks that the files that the writer thread has open are still those at the path, with the content that it has left.
 */
export class OpenFiles {
  readonly #path: string;
  readonly #files: FilesCheck;
  readonly #index: LogIndex | null;
  readonly #content: ContentCheck;
  readonly #note: FilesNote;
  #lost: ContentLost | null = null;

  /** Throws `FilesGone`. */
  constructor(db: DatabaseSync, path: string, known: KnownFiles | null) {
    this.#path = path;
    this.#files = new FilesCheck(path, known?.identities);
    this.#index = LogIndex.open(path, known?.index_fd ?? null);
    const page_bytes = Number(prepare(db, 'PRAGMA page_size').get()?.[0]);
    const options = { page_bytes, index: this.#index };
    this.#content = new ContentCheck(options, this.#files.assertSame(), known?.content ?? undefined);
    this.#note = new FilesNote(path);
    this.assertSame();
  }

  get known(): KnownFiles {
    return {
      identities: this.#files.identities,
      content: this.#content.known,
      index_fd: this.#index?.fd ?? null,
    };
  }

  /** Why reads may be wrong; null if they are not. The reason never changes once it is set. */
  get lost(): string | null {
    return this.#lost?.message ?? null;
  }

  /** Throws `FilesGone`. */
  assertSame(): void {
    try {
      this.#content.assertKept(this.#files.assertSame());
      this.#note.remove();
    } catch (error) {
      if (error instanceof ContentLost) this.#lost = error;
      if (error instanceof FilesGone) this.#note.write(error);
      throw error;
    }
  }

  /** Runs `move`, which moves the log into the file, and returns its result. Throws `FilesGone` too. */
  checkpoint<T>(move: () => T): T {
    this.assertSame();
    try {
      return move();
    } finally {
      this.#content.checkpointed(this.#files.assertSame());
    }
  }

  /** Call it after all connections of the process are closed. */
  close(): void {
    this.#index?.close();
  }

  /** Whether the disk has space for more than a few writes; true if the system does not report it. */
  hasRoom(): boolean {
    try {
      const { blocks, bavail, bsize } = statfsSync(this.#path);
      return blocks === 0 || bavail * bsize >= ROOM_BYTES;
    } catch {
      return true;
    }
  }
}
