import { unavailable } from '../../shared/unavailable.ts';

/**
 * One call to the store, with its deadline. What is late is answered as unavailable; what it was doing goes on to its next
 * step and ends there, and its answer is dropped.
 */
export class CallDeadline {
  #isLate = false;
  /** While a write is sent and not answered: what became of it would not be known. */
  isWriting = false;

  /** Before each step. */
  assertInTime(): void {
    if (this.#isLate) throw late();
  }

  expire(): void {
    this.#isLate = true;
  }
}

/** How many calls are under way, each within its deadline; what is too much is refused. */
export class CallDeadlines {
  readonly #calls_max: number;
  readonly #onUnknown: () => void;
  #underWay = 0;
  readonly #idle = Promise.withResolvers<void>();
  #isClosed = false;

  /** Tells of each write whose deadline passed while nobody knew what became of it. */
  constructor(calls_max: number, onUnknown: () => void) {
    this.#calls_max = calls_max;
    this.#onUnknown = onUnknown;
  }

  run<T>(timeout_ms: number, work: (call: CallDeadline) => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(unavailable('it is closed'));
    if (this.#underWay >= this.#calls_max) {
      return Promise.reject(unavailable(`${this.#underWay} calls are waiting for it`));
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

  /** Accepts no more, and resolves when those under way have ended: each of them has its deadline. */
  close(): Promise<void> {
    this.#isClosed = true;
    if (this.#underWay === 0) this.#idle.resolve();
    return this.#idle.promise;
  }
}

function late() {
  return unavailable('it took too long');
}
