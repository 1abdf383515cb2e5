/** What is told of a session. */
export interface PublishedChange {
  /** The session has it, or a later one; infinite for a session that is not there any more. */
  readonly revision: number;
  /** It has ended, and nothing revives it. */
  readonly hasEnded: boolean;
}

interface Noted {
  readonly revision: number;
  readonly time: number;
}

/** What was told to have changed lately, in bounded memory: what it has forgotten counts as changed. */
export class RecentChanges {
  readonly #noted = new Map<string, Noted>();
  readonly #count_max: number;
  /** At or before it, anything may have changed. */
  #all = Number.NEGATIVE_INFINITY;

  constructor(count_max: number) {
    this.#count_max = count_max;
  }

  /** Before it, nothing is known of what has changed. */
  get beginning(): number {
    return this.#all;
  }

  /** Times do not decrease from one call to the next. */
  note(id: string, change: Pick<PublishedChange, 'revision'>, time: number): void {
    const before = this.#noted.get(id);
    const revision = Math.max(change.revision, before?.revision ?? 0);
    // Moves it to the end: the map is in the order of time.
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

  /** Whether it may have changed at a moment or after it, in another way than up to a revision. */
  since(id: string, time: number, revision = 0): boolean {
    if (this.#all >= time) return true;
    const noted = this.#noted.get(id);
    return noted !== undefined && noted.time >= time && noted.revision > revision;
  }
}
