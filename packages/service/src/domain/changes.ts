import type { CloseReason, SessionSummary } from './session.ts';

/**
 * A change of a session, published for everything that caches sessions. Touches are not published: a touch only moves
 * the idle deadline further away.
 */
export type SessionChange =
  | {
      readonly type: 'changed';
      readonly id: string;
      readonly user_id: string;
      readonly revision: number;
      /** Null while the session is open. */
      readonly close_reason: CloseReason | null;
    }
  | { readonly type: 'removed'; readonly id: string; readonly user_id: string }
  /** Changes may have been missed. Nothing that was cached before may be used. */
  | { readonly type: 'gap' };

/**
 * Must not throw, and must not wait. `age_ms` is the time since the change was committed, in milliseconds: 0 for a change
 * of this node, and for a gap. For a change of another node it begins when that node sent the change to the store.
 */
export type ChangeListener = (change: SessionChange, age_ms?: number) => void;

export function changed({ id, user_id, revision, close_reason }: SessionSummary): SessionChange {
  return { type: 'changed', id, user_id, revision, close_reason };
}

export function removed({ id, user_id }: SessionSummary): SessionChange {
  return { type: 'removed', id, user_id };
}

/** The listeners, in the order in which they were added. */
export class ChangeListeners {
  readonly #listeners = new Set<ChangeListener>();

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** Adds a listener. Returns a function that removes it. */
  add(listener: ChangeListener): () => void {
    // A new function for each call, so that the same listener can be added twice.
    const own: ChangeListener = (change, age_ms) => listener(change, age_ms);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** `age_ms` is that of `ChangeListener`. */
  tell(change: SessionChange, age_ms = 0): void {
    for (const listener of this.#listeners) listener(change, age_ms);
  }
}
