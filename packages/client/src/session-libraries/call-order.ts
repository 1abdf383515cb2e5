/** Runs the writes of one `sid` one after the other, in the order of the calls, as one connection to a store does. */
export class CallOrder {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `write` after all earlier writes have settled. Resolves or rejects as `write` does. */
  write<T>(sid: string, write: () => Promise<T>): Promise<T> {
    const written = this.settled(sid).then(write);
    const settled = written.then(ignore, ignore).then(() => {
      if (this.#last.get(sid) === settled) this.#last.delete(sid);
    });
    this.#last.set(sid, settled);
    return written;
  }

  /** Resolves when all writes so far have settled. */
  async settled(sid: string): Promise<void> {
    await this.#last.get(sid);
  }
}

function ignore(): void {}
