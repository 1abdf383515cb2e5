/** Lets clients pass while it is open, and keeps them waiting while it is closed. */
export class Gate {
  #closed: PromiseWithResolvers<void> | null = null;

  async passed(): Promise<void> {
    await this.#closed?.promise;
  }

  close(): void {
    this.#closed ??= Promise.withResolvers();
  }

  open(): void {
    this.#closed?.resolve();
    this.#closed = null;
  }
}
