/** Runs tasks concurrently, bounded by their number and by the bytes that they keep in memory. */
export class InFlight {
  readonly #count_max: number;
  readonly #bytes_max: number;
  #count = 0;
  #bytes = 0;
  #changed = Promise.withResolvers<void>();

  constructor(count_max: number, bytes_max: number) {
    this.#count_max = count_max;
    this.#bytes_max = bytes_max;
  }

  /**
   * Starts a task when the bounds allow it; a task of any size starts if no other is running. `work` must not reject.
   */
  async add(bytes: number, work: () => Promise<void>): Promise<void> {
    while (this.#count > 0 && (this.#count >= this.#count_max || this.#bytes + bytes > this.#bytes_max)) {
      await this.#changed.promise;
    }
    this.#count += 1;
    this.#bytes += bytes;
    void work().finally(() => {
      this.#count -= 1;
      this.#bytes -= bytes;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    });
  }

  /** Resolves when no task is running. */
  async settled(): Promise<void> {
    while (this.#count > 0) await this.#changed.promise;
  }
}
