import type { CloseReason, SessionSummary } from './session.ts';

/**
 * What happened to a session, for everyone who keeps something of it. Touches are not told: what they move is the
 * deadline, and that only away.
 */
export type SessionChange =
  | {
      readonly type: 'changed';
      readonly id: string;
      readonly user_id: string;
      readonly revision: number;
      /** Null while it is open. */
      readonly close_reason: CloseReason | null;
    }
  | { readonly type: 'removed'; readonly id: string; readonly user_id: string }
  /** Something may have been missed: nothing that is kept can be trusted. */
  | { readonly type: 'gap' };

/** Must not throw, and must not wait. */
export type ChangeListener = (change: SessionChange) => void;

export function changed({ id, user_id, revision, close_reason }: SessionSummary): SessionChange {
  return { type: 'changed', id, user_id, revision, close_reason };
}

export function removed({ id, user_id }: SessionSummary): SessionChange {
  return { type: 'removed', id, user_id };
}

/** Who listens, in the order of their coming. */
export class ChangeListeners {
  readonly #listeners = new Set<ChangeListener>();

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** Answers how to stop listening. */
  add(listener: ChangeListener): () => void {
    // Of its own for each call, so that the same function can listen twice.
    const own: ChangeListener = (change) => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  tell(change: SessionChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
