export interface SessionLoaderOptions {
  /** Reads a session and keeps it for those who show it. */
  readonly read: (id: string) => Promise<unknown>;
  readonly setTimer: (callback: () => void, delay_ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

/** Requests at the same time. */
const CONCURRENT_MAX = 4;
/** A line that moved out of view before is not read. */
const SETTLE_MS = 200;
/** After each request: at most 20 requests a second. */
const PAUSE_MS = CONCURRENT_MAX * 50;

/** Reads the sessions of lines that stay in view, few at a time, the latest wish first. */
export class SessionLoader {
  readonly #options: SessionLoaderOptions;
  /** The session of each line that waits. The latest wish is the last. */
  readonly #wanted = new Map<object, string>();
  #reading = 0;
  #timer: unknown = null;

  constructor(options: SessionLoaderOptions) {
    this.#options = options;
  }

  /** A line shows the session from now on. Returns a function that ends it. */
  want(id: string): () => void {
    const line = {};
    this.#wanted.set(line, id);
    this.#schedule(SETTLE_MS);
    return () => this.#wanted.delete(line);
  }

  stop(): void {
    this.#options.clearTimer(this.#timer);
    this.#timer = null;
    this.#wanted.clear();
  }

  #schedule(delay_ms: number): void {
    this.#timer ??= this.#options.setTimer(() => {
      this.#timer = null;
      while (this.#reading < CONCURRENT_MAX && this.#next()) {}
    }, delay_ms);
  }

  /** Starts a request. Returns false if nothing is wanted. */
  #next(): boolean {
    const last = [...this.#wanted].at(-1);
    if (!last) return false;
    const [line, id] = last;
    this.#wanted.delete(line);
    this.#reading += 1;
    const ended = () => {
      this.#options.setTimer(() => {
        this.#reading -= 1;
        if (this.#wanted.size > 0) this.#schedule(0);
      }, PAUSE_MS);
    };
    this.#options.read(id).then(ended, ended);
    return true;
  }
}
