/** The end of the time that a call may take in total: waiting, connecting and the response. */
export class Deadline {
  readonly ms: number;
  readonly #callbacks = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(ms: number) {
    this.ms = ms;
    this.#timer = setTimeout(() => this.#end(), ms);
    // The timer does not keep the process running. The socket of a waiting call does.
    this.#timer.unref();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls back when the time is over, immediately if it is already. Returns a function that removes the callback. */
  onEnd(callback: () => void): () => void {
    if (this.#isOver) callback();
    this.#callbacks.add(callback);
    return () => void this.#callbacks.delete(callback);
  }

  /** Stops the timer. Only for a deadline that is not shared. */
  cancel(): void {
    clearTimeout(this.#timer);
  }

  #end(): void {
    this.#isOver = true;
    for (const callback of this.#callbacks) callback();
    this.#callbacks.clear();
  }
}

/**
 * Calls of one turn of the event loop share a deadline: a timer for each would cost as much as the rest of the call.
 */
export class Deadlines {
  readonly #ms: number;
  #ofTurn: Deadline | null = null;

  constructor(ms: number) {
    this.#ms = ms;
  }

  ofTurn(): Deadline {
    // After a long turn, the timer may fire before the turn has ended.
    if (this.#ofTurn && !this.#ofTurn.isOver) return this.#ofTurn;
    setImmediate(() => {
      this.#ofTurn = null;
    });
    this.#ofTurn = new Deadline(this.#ms);
    return this.#ofTurn;
  }
}
