import { unavailable } from '../../shared/unavailable.ts';

/**
 * One call to the store, with its deadline. A late call is rejected as unavailable. Its work continues until the next
 * step and stops there, and its result is dropped.
 */
export class CallDeadline {
  #isLate = false;
  /** True while a write has no response: after the deadline, its outcome would be unknown. */
  isWriting = false;

  /** Call it before each step. */
  assertInTime(): void {
    if (this.#isLate) throw late();
  }

  expire(): void {
    this.#isLate = true;
  }
}

/** Limits the number of calls in progress, each with its deadline. Further calls are rejected. */
export class CallDeadlines {
  readonly #calls_max: number;
  readonly #onUnknown: () => void;
  #underWay = 0;
  readonly #idle = Promise.withResolvers<void>();
  #isClosed = false;

  /** `onUnknown` is called for each write whose outcome is unknown at its deadline. */
  constructor(calls_max: number, onUnknown: () => void) {
    this.#calls_max = calls_max;
    this.#onUnknown = onUnknown;
  }

  /** The number of calls in progress. */
  get underWay(): number {
    return this.#underWay;
  }

  run<T>(timeout_ms: number, work: (call: CallDeadline) => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(unavailable('it is closed'));
    if (this.#underWay >= this.#calls_max) {
      return Promise.reject(unavailable(`${this.#underWay} calls are already in progress`));
    }
    const call = new CallDeadline();
    this.#underWay += 1;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        call.expire();
        if (call.isWriting) this.#onUnknown();
        end();
        reject(late());
      }, timeout_ms);
      let isEnded = false;
      const end = () => {
        if (isEnded) return;
        isEnded = true;
        clearTimeout(timer);
        this.#underWay -= 1;
        if (this.#isClosed && this.#underWay === 0) this.#idle.resolve();
      };
      work(call).then(
        (answer) => {
          end();
          resolve(answer);
        },
        (error) => {
          end();
          reject(error);
        },
      );
    });
  }

  /** Accepts no more calls. Resolves when those in progress have ended; their deadlines bound that. */
  close(): Promise<void> {
    this.#isClosed = true;
    if (this.#underWay === 0) this.#idle.resolve();
    return this.#idle.promise;
  }
}

function late() {
  return unavailable('it did not respond in time');
}
