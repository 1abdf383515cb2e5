import { RequestError } from '../../api/error-codes.ts';

/** Seconds after which a rejected listener may retry. */
const RETRY_AFTER_S = 5;

/** Limits the number of listeners: in total, and for each caller. A caller is an API key or a client address. */
export class ListenerPlaces {
  readonly #max: number;
  readonly #max_of_caller: number;
  readonly #ofCallers = new Map<string, number>();
  #taken = 0;

  constructor(max: number, max_of_caller: number) {
    this.#max = max;
    this.#max_of_caller = max_of_caller;
  }

  /** Takes a place that counts for all of the callers. Throws `TOO_MANY_REQUESTS` if one of them has none left. */
  take(callers: readonly string[]): void {
    if (this.#taken >= this.#max) throw tooMany(`${this.#max} change streams are open`);
    for (const caller of callers) {
      if (this.#of(caller) >= this.#max_of_caller) {
        throw tooMany(`${caller} has ${this.#max_of_caller} change streams open`);
      }
    }
    this.#taken += 1;
    for (const caller of callers) this.#ofCallers.set(caller, this.#of(caller) + 1);
  }

  free(callers: readonly string[]): void {
    this.#taken -= 1;
    for (const caller of callers) {
      const count = this.#of(caller) - 1;
      if (count === 0) this.#ofCallers.delete(caller);
      else this.#ofCallers.set(caller, count);
    }
  }

  #of(caller: string): number {
    return this.#ofCallers.get(caller) ?? 0;
  }
}

function tooMany(situation: string): RequestError {
  const message = `${situation}, the maximum. Retry after ${RETRY_AFTER_S} s.`;
  return new RequestError('TOO_MANY_REQUESTS', message, { 'retry-after': String(RETRY_AFTER_S) });
}
