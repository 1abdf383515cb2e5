/** The pause between two gaps for invalid messages. Caches serve for three seconds after the last watermark. */
const PAUSE_MS = 1_000;

/**
 * Limits the gaps that invalid messages cause. Each such message may stand for a missed change, so it must become a
 * gap. But a stranger could use many gaps to keep all caches empty. The first message is a gap at once; those of the
 * next second share one gap at its end. Until then, the feed is complete only up to its watermark when the first of
 * these arrived.
 */
export class LimitedGaps {
  readonly #tell: () => void;
  #timer: NodeJS.Timeout | null = null;
  #held_at = Number.POSITIVE_INFINITY;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  /** The limit of the watermark while a gap waits; infinite if none does. */
  get heldAt(): number {
    return this.#held_at;
  }

  /** `watermark` is the feed's watermark now. */
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
