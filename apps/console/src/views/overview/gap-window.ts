/** Computes by how much a count grew within a time, from readings of the count. */
export class GapWindow {
  readonly #length_ms: number;
  #readings: { readonly count: number; readonly time: number }[] = [];

  constructor(length_ms: number) {
    this.#length_ms = length_ms;
  }

  /** Adds a reading. Returns the growth since the oldest reading within the time. A count that fell begins again. */
  add(count: number, time: number): number {
    const last = this.#readings.at(-1);
    if (last && count < last.count) this.#readings = [];
    if (last?.time !== time) this.#readings.push({ count, time });
    this.#readings = this.#readings.filter((reading) => reading.time > time - this.#length_ms);
    return count - (this.#readings[0]?.count ?? count);
  }
}
