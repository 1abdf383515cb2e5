import { ContentLost } from '../faults.ts';
import { FilesCheck } from './files-check.ts';
import type { KnownFiles } from './open-files.ts';

/** The files are looked at this often where nothing is written: each commit looks at them too. */
const CHECK_INTERVAL_MS = 1_000;

/**
 * What the thread that serves knows of the database's files, across the threads that write. Those look at the content: it
 * changes with their checkpoints.
 */
export class FilesWatch {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  #check: FilesCheck | null = null;
  #known: KnownFiles | null = null;
  #lost: ContentLost | null = null;
  #isChecking = false;

  /** `check` has the thread that writes look at the files; false where there is none. `checked` is to follow. */
  constructor(path: string, check: () => boolean) {
    this.#path = path;
    this.#timer = setInterval(() => {
      if (!this.#isChecking) this.#isChecking = check();
    }, CHECK_INTERVAL_MS).unref();
  }

  /** What the next thread has to find; null for the first one. */
  get known(): KnownFiles | null {
    return this.#known;
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Throws `FilesGone` when the files are not those that were opened first, or their content is lost. */
  assertSame(): void {
    if (this.#lost) throw this.#lost;
    this.#check?.assertSame();
  }

  opened(known: KnownFiles): void {
    this.#known = known;
    this.#check ??= new FilesCheck(this.#path, known.identities);
  }

  checkpointed(known: KnownFiles): void {
    this.#known = known;
  }

  checked(): void {
    this.#isChecking = false;
  }

  lost(reason: string): void {
    this.#lost = new ContentLost(reason);
  }

  /** An unfinished checkpoint may have changed the content of the file. */
  threadEnded(wasCheckpointing: boolean): void {
    this.#isChecking = false;
    if (wasCheckpointing && this.#known) this.#known = { ...this.#known, content: null };
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
