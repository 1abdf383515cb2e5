import { setTimeout as delay } from 'node:timers/promises';
import type { SessionChange } from '../../domain/changes.ts';
import type { SessionStore } from '../../domain/store.ts';

/** Far longer than any feed needs: a store that never publishes fails the case after this time. */
const PUBLISHED_WITHIN_MS = 10_000;
const POLL_MS = 5;

/** Records what a store publishes for each session: revisions, with the reason of an end. */
export class PublishedChanges {
  readonly #changes: Record<string, (number | string)[]> = {};
  readonly stop: () => void;

  constructor(store: SessionStore) {
    this.stop = store.watch((change) => this.#add(change));
  }

  has(id: string): boolean {
    return id in this.#changes;
  }

  /** Returns everything published so far and stops listening. Sorted, because nodes may publish in different orders. */
  all(): Readonly<Record<string, readonly (number | string)[]>> {
    this.stop();
    return Object.fromEntries(Object.entries(this.#changes).map(([id, words]) => [id, words.toSorted(byText)]));
  }

  #add(change: SessionChange): void {
    const id = change.type === 'gap' ? 'gap' : change.id;
    this.#changes[id] = [...(this.#changes[id] ?? []), wordsOf(change)];
  }
}

/** Resolves when the watermark of a store has reached a moment of `elapsedTime`. */
export async function watermarkReached(store: SessionStore, moment: number): Promise<void> {
  const end = AbortSignal.timeout(PUBLISHED_WITHIN_MS);
  while (store.watermark() < moment) {
    if (end.aborted)
      throw new Error(`The watermark of the store stayed below ${moment} for ${PUBLISHED_WITHIN_MS} ms.`);
    await delay(POLL_MS);
  }
}

function byText(a: number | string, b: number | string): number {
  return String(a) < String(b) ? -1 : 1;
}

function wordsOf(change: SessionChange): number | string {
  if (change.type !== 'changed') return change.type;
  return change.close_reason === null ? change.revision : `${change.revision} ${change.close_reason}`;
}
