/**
 * How far a message may be behind the latest one of its sender. Transactions commit in another order than they begin.
 */
const WINDOW = 1_024;
const WORD_BITS = 32;

/** Accepts each number of one sender's messages once (the anti-replay window of RFC 4303, 3.4.3). */
export class ReplayWindow {
  readonly #taken = new Uint32Array(WINDOW / WORD_BITS);
  #latest = 0;

  /** False for a number that was accepted before, or that is too far behind to know. */
  take(number: number): boolean {
    if (number > this.#latest) this.#moveTo(number);
    else if (this.#latest - number >= WINDOW || this.#has(number)) return false;
    this.#set(number, true);
    return true;
  }

  #moveTo(number: number): void {
    if (number - this.#latest >= WINDOW) this.#taken.fill(0);
    else for (let next = this.#latest + 1; next < number; next += 1) this.#set(next, false);
    this.#latest = number;
  }

  #has(number: number): boolean {
    const { word, bit } = placeOf(number);
    return ((this.#taken[word] ?? 0) & bit) !== 0;
  }

  #set(number: number, isTaken: boolean): void {
    const { word, bit } = placeOf(number);
    const before = this.#taken[word] ?? 0;
    this.#taken[word] = isTaken ? before | bit : before & ~bit;
  }
}

function placeOf(number: number): { readonly word: number; readonly bit: number } {
  const place = number % WINDOW;
  return { word: Math.floor(place / WORD_BITS), bit: 1 << (place % WORD_BITS) };
}
