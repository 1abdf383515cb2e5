/** Between two gaps for messages that are not believed. Caches serve for three seconds after the last watermark. */
const PAUSE_MS = 1_000;

/**
 * Gaps for messages that are not believed. Each message may stand for a missed change, so it must become a gap. But a
 * stranger could keep all caches empty by many gaps. The first message is a gap at once; those of the next second share one
 * gap at its end. Until then the feed is complete only up to its watermark when the first of these came.
 */
export class LimitedGaps {
  readonly #tell: () => void;
  #timer: NodeJS.Timeout | null = null;
  #held_at = Number.POSITIVE_INFINITY;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  /** The moment beyond which the feed is not complete while a gap waits; infinite while none does. */
  get heldAt(): number {
    return this.#held_at;
  }

  /** `watermark` is up to where the feed is complete now. */
  add(watermark: number): void {
    if (this.#timer) {
      this.#held_at = Math.min(this.#held_at, watermark);
      return;
    }
    this.#tell();
    this.#timer = setTimeout(() => this.#resume(), PAUSE_MS).unref();
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  #resume(): void {
    this.#timer = null;
    if (this.#held_at === Number.POSITIVE_INFINITY) return;
    const held_at = this.#held_at;
    this.#held_at = Number.POSITIVE_INFINITY;
    this.add(held_at);
  }
}
