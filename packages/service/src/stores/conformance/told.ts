import { setTimeout as delay } from 'node:timers/promises';
import type { SessionChange } from '../../domain/changes.ts';
import type { SessionStore } from '../../domain/store.ts';

/** Far more than a feed takes; a store that tells nothing fails by it. */
const TOLD_WITHIN_MS = 10_000;
const POLL_MS = 5;

/** What a store has told of each session: revisions, with the reason of an end. */
export class Told {
  readonly #changes: Record<string, (number | string)[]> = {};
  readonly stop: () => void;

  constructor(store: SessionStore) {
    this.stop = store.watch((change) => this.#add(change));
  }

  has(id: string): boolean {
    return id in this.#changes;
  }

  /** All that was told so far; nodes may tell it in different orders. Stops listening. */
  all(): Readonly<Record<string, readonly (number | string)[]>> {
    this.stop();
    return Object.fromEntries(Object.entries(this.#changes).map(([id, words]) => [id, words.toSorted(byText)]));
  }

  #add(change: SessionChange): void {
    const id = change.type === 'gap' ? 'gap' : change.id;
    this.#changes[id] = [...(this.#changes[id] ?? []), wordsOf(change)];
  }
}

/** Resolves when a store says that it has told of everything up to a moment. */
export async function watermark(store: SessionStore, moment: number): Promise<void> {
  const end = AbortSignal.timeout(TOLD_WITHIN_MS);
  while (store.watermark() < moment) {
    if (end.aborted) throw new Error('The store does not say that it has told of everything.');
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
