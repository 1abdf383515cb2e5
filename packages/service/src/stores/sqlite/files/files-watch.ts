import { ContentLost } from '../faults.ts';
import { FilesCheck } from './files-check.ts';
import type { KnownFiles } from './open-files.ts';

/** How often the files are checked without writes: each commit checks them too. */
const CHECK_INTERVAL_MS = 1_000;

/**
 * The state of the database's files as the main thread knows it. It outlives the writer threads. These check the
 * content, which their checkpoints change.
 */
export class FilesWatch {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  #check: FilesCheck | null = null;
  #known: KnownFiles | null = null;
  #lost: ContentLost | null = null;
  #isChecking = false;

  /**
   * `check` lets the writer thread check the files, which ends with a call of `checked`. It returns false without a
   * thread.
   */
  constructor(path: string, check: () => boolean) {
    this.#path = path;
    this.#timer = setInterval(() => {
      if (!this.#isChecking) this.#isChecking = check();
    }, CHECK_INTERVAL_MS).unref();
  }

  /** The files that the next thread must find; null for the first thread. */
  get known(): KnownFiles | null {
    return this.#known;
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Throws `FilesGone` if the files are not those that were opened first, or if their content is lost. */
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
