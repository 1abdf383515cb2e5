interface Reading {
  readonly count: number;
  readonly time: number;
}

/** Computes by how much the count of each node grew within a time, from readings of the counts. */
export class GapWindow {
  readonly #length_ms: number;
  /** By the id of the node, the oldest first. */
  readonly #readings = new Map<string, readonly Reading[]>();

  constructor(length_ms: number) {
    this.#length_ms = length_ms;
  }

  /** Adds a reading. Returns the growth since the node's oldest reading within the time. */
  add(node: string, count: number, time: number): number {
    const known = this.#readings.get(node) ?? [];
    const added = known.at(-1)?.time === time ? known : [...known, { count, time }];
    const recent = added.filter((reading) => reading.time > time - this.#length_ms);
    this.#readings.set(node, recent);
    return count - (recent[0]?.count ?? count);
  }
}
