import type { SessionLookup } from './session-lookup.ts';
import type { SessionUpdate } from './session-update.ts';

/** Maximum number of concurrent touches. Further touches are dropped, and the next use of the session tries again. */
const PENDING_MAX = 10_000;

/**
 * Writes activity in the background. Requests do not wait for it, and do not fail if it fails. Touches of the same
 * event-loop turn share a commit, like all concurrent writes.
 */
export class Touches {
  readonly #lookup: SessionLookup;
  readonly #failed: (error: unknown) => void;
  readonly #pending = new Map<string, Promise<unknown>>();

  constructor(lookup: SessionLookup, failed: (error: unknown) => void) {
    this.#lookup = lookup;
    this.#failed = failed;
  }

  add(id: string, touch: SessionUpdate & { readonly type: 'touch' }, now: number): void {
    if (this.#pending.has(id) || this.#pending.size >= PENDING_MAX) return;
    const written = this.#lookup
      .update(id, touch, now)
      .catch(this.#failed)
      .finally(() => this.#pending.delete(id));
    this.#pending.set(id, written);
  }

  /** Resolves when all added touches are written. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending.values());
  }
}
