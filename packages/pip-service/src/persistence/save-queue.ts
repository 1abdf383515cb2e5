import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Runs one save at a time. All requests during a save, or in the same event-loop turn, share the next save. So at most
 * one save runs and one waits, however many changes there are.
 */
export class SaveQueue {
  readonly #save: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(save: () => Promise<void>) {
    this.#save = save;
  }

  /** Resolves when a save that started after this call is done. Rejects if that save fails. */
  request(): Promise<void> {
    this.#next ??= this.#runNext();
    return this.#next;
  }

  /** Resolves when no save runs or waits, also if the last one failed. */
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
