import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * One save at a time. Whoever asks while one runs, or in the same turn, shares the next: however many changes come
 * in, there are never more than one save that runs and one that waits.
 */
export class SaveQueue {
  readonly #save: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(save: () => Promise<void>) {
    this.#save = save;
  }

  /** Resolves when a save that began after this call is done; rejects as that save does. */
  request(): Promise<void> {
    this.#next ??= this.#runNext();
    return this.#next;
  }

  /** Resolves when no save runs or waits, also when the last one failed. */
  async idle(): Promise<void> {
    while (this.#next) await this.#next.catch(() => {});
    await this.#running;
  }

  async #runNext(): Promise<void> {
    await this.#running;
    await nextTurn();
    this.#next = null;
    const saved = this.#save();
    this.#running = saved.catch(() => {});
    await saved;
  }
}
