/** A sequence of numbers determined by its seed (mulberry32): good enough to choose calls, and the same everywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** An integer from 0 to below a number. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(part: number): boolean {
    return this.next() < part;
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }

  /** An integer from 0 to below a number; small ones are far more frequent. */
  skewed(count: number): number {
    return Math.floor(count * this.next() ** 3);
  }
}

/** The seed of one random stream, independent of the other streams. */
export function seedOf(seed: number, part: number): number {
  const random = new Random((seed ^ Math.imul(part + 1, 0x9e3779b1)) >>> 0);
  random.next();
  return Math.floor(random.next() * 4_294_967_296);
}

/** Values with their weights, to draw from in constant time. */
export class Weighted<T> {
  readonly #values: readonly T[];
  readonly #sums: readonly number[];

  constructor(weights: readonly (readonly [T, number])[]) {
    this.#values = weights.map(([value]) => value);
    let sum = 0;
    this.#sums = weights.map(([, weight]) => {
      sum += weight;
      return sum;
    });
  }

  draw(random: Random): T {
    const at = random.next() * (this.#sums.at(-1) ?? 0);
    const value = this.#values[this.#sums.findIndex((sum) => at < sum)];
    if (value === undefined) throw new Error('There are no values to draw from.');
    return value;
  }
}
