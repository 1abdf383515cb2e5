/** The end of the time that a call may take: for waiting, for connecting and for the answer together. */
export class Deadline {
  readonly ms: number;
  readonly #callbacks = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(ms: number) {
    this.ms = ms;
    this.#timer = setTimeout(() => this.#end(), ms);
    // What waits for it holds a socket, which keeps the process; the time alone does not.
    this.#timer.unref();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls back when the time is over, at once if it is; answers how to forget that. */
  onEnd(callback: () => void): () => void {
    if (this.#isOver) callback();
    this.#callbacks.add(callback);
    return () => void this.#callbacks.delete(callback);
  }

  /** For a deadline that nobody else shares. */
  cancel(): void {
    clearTimeout(this.#timer);
  }

  #end(): void {
    this.#isOver = true;
    for (const callback of this.#callbacks) callback();
    this.#callbacks.clear();
  }
}

/** Calls of one turn of the event loop share a deadline: a timer each would cost as much as the rest of a call. */
export class Deadlines {
  readonly #ms: number;
  #ofTurn: Deadline | null = null;

  constructor(ms: number) {
    this.#ms = ms;
  }

  ofTurn(): Deadline {
    // After a long turn its timer may come before the end of the turn.
    if (this.#ofTurn && !this.#ofTurn.isOver) return this.#ofTurn;
    setImmediate(() => {
      this.#ofTurn = null;
    });
    this.#ofTurn = new Deadline(this.#ms);
    return this.#ofTurn;
  }
}
