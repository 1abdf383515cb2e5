import type { SessionUpdate } from './session.ts';
import type { SessionLookup } from './session-lookup.ts';

/** Touches under way at once; more are left out, and the next use of the session tries again. */
const PENDING_MAX = 10_000;

/**
 * Writes activity beside the requests that showed it: they do not wait for it, and one that fails does not fail them.
 * Those of one turn share a commit, as all concurrent writes do.
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

  /** Resolves when what was added is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending.values());
  }
}
