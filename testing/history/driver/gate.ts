/** Lets clients pass while it is open, and keeps them waiting while it is closed. */
export class Gate {
  #closed: PromiseWithResolvers<void> | null = null;

  /** Null while it is open, so that nothing can come between the look and the call that follows it. */
  get opened(): Promise<void> | null {
    return this.#closed?.promise ?? null;
  }

  close(): void {
    this.#closed ??= Promise.withResolvers();
  }

  open(): void {
    this.#closed?.resolve();
    this.#closed = null;
  }
}
