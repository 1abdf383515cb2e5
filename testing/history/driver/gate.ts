/** Clients pass while it is open, and wait while it is closed. */
export class Gate {
  #closed: PromiseWithResolvers<void> | null = null;

  /** Null while it is open, so that nothing can happen between the check and the call that follows. */
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
