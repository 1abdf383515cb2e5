/** A change of a session, as the feed publishes it. */
export interface PublishedChange {
  /**
   * The revision after the change. The session may have a later one by now. Infinite for a session that was removed.
   */
  readonly revision: number;
  /** Whether the session has ended. An ended session never becomes live again. */
  readonly hasEnded: boolean;
}

interface Noted {
  readonly revision: number;
  readonly time: number;
}

/**
 * The changes that were published recently, in bounded memory. If there are more, the forgotten ids count as changed.
 */
export class RecentChanges {
  readonly #noted = new Map<string, Noted>();
  readonly #count_max: number;
  /** Any id may have changed at this moment or before it. */
  #all = Number.NEGATIVE_INFINITY;

  constructor(count_max: number) {
    this.#count_max = count_max;
  }

  /** The moment since which all changes are remembered. */
  get beginning(): number {
    return this.#all;
  }

  /** Remembers a change. `time` must not decrease from one call to the next. */
  note(id: string, change: Pick<PublishedChange, 'revision'>, time: number): void {
    const before = this.#noted.get(id);
    const revision = Math.max(change.revision, before?.revision ?? 0);
    // Moves it to the end: the map is ordered by time.
    this.#noted.delete(id);
    this.#noted.set(id, { revision, time });
    if (this.#noted.size <= this.#count_max) return;
    for (const [oldest, forgotten] of this.#noted) {
      this.#noted.delete(oldest);
      this.#all = forgotten.time;
      return;
    }
  }

  noteAll(time: number): void {
    this.#noted.clear();
    this.#all = time;
  }

  /** Whether an id may have changed at `time` or later, other than by changes up to `revision`. */
  since(id: string, time: number, revision = 0): boolean {
    if (this.#all >= time) return true;
    const noted = this.#noted.get(id);
    return noted !== undefined && noted.time >= time && noted.revision > revision;
  }
}
