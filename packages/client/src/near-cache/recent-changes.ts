/** When what was told to have changed lately, in bounded memory: what it has forgotten counts as changed. */
export class RecentChanges {
  readonly #times = new Map<string, number>();
  readonly #count_max: number;
  /** At or before it, anything may have changed. */
  #all = Number.NEGATIVE_INFINITY;

  constructor(count_max: number) {
    this.#count_max = count_max;
  }

  /** Times do not decrease from one call to the next. */
  note(id: string, time: number): void {
    // Moves it to the end: the map is in the order of time.
    this.#times.delete(id);
    this.#times.set(id, time);
    if (this.#times.size <= this.#count_max) return;
    for (const [oldest, forgotten] of this.#times) {
      this.#times.delete(oldest);
      this.#all = forgotten;
      return;
    }
  }

  noteAll(time: number): void {
    this.#times.clear();
    this.#all = time;
  }

  /** Whether it may have changed at a moment or after it. */
  since(id: string, time: number): boolean {
    return this.#all >= time || (this.#times.get(id) ?? Number.NEGATIVE_INFINITY) >= time;
  }
}
