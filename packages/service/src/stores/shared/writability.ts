import { monotonicTime } from '../../domain/time/clock.ts';
import type { StoreReport } from './store-url.ts';
import { cannotWrite, unavailable } from './unavailable.ts';

/** A write within this time shows that writes are possible. */
const PROOF_AGE_MS_MAX = 5_000;
/** While nothing can be written, a write is tried this often: requests may not come any more. */
const PROVE_INTERVAL_MS = 1_000;

interface WritabilityOptions {
  /** Has something written. `proof` is called with what becomes of it. */
  readonly prove: (needs_room: boolean) => void;
  readonly report: (report: StoreReport) => void;
}

/** Whether anything can be written: the disk may be full, and reads go on. */
export class Writability {
  readonly #options: WritabilityOptions;
  #fault: string | null = null;
  #proved_at = monotonicTime();
  #asked: PromiseWithResolvers<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: WritabilityOptions) {
    this.#options = options;
  }

  /**
   * After a commit: null, or why none is possible. A commit that succeeds while writing is impossible proves nothing: on a
   * full disk, a small one may find room within the log where a larger one does not.
   */
  committed(fault: string | null): void {
    if (fault !== null || this.#fault === null) this.proof(fault);
  }

  /** After a proof: null, or why nothing can be written. */
  proof(fault: string | null): void {
    if (fault === null) this.#proved_at = monotonicTime();
    if (fault !== this.#fault) this.#changed(fault);
    if (fault !== null) this.#tryAgain();
    if (this.#asked) this.#answer(this.#asked);
  }

  /** Resolves when something was written lately, or now; rejects with `STORE_UNAVAILABLE`. */
  proved(): Promise<void> {
    if (this.#fault !== null) return Promise.reject(cannotWrite(this.#fault));
    if (monotonicTime() - this.#proved_at < PROOF_AGE_MS_MAX) return Promise.resolve();
    if (this.#asked) return this.#asked.promise;
    this.#asked = Promise.withResolvers<void>();
    const { promise } = this.#asked;
    this.#options.prove(false);
    return promise;
  }

  /** Nothing will be written any more. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#asked?.reject(unavailable('it is closed'));
    this.#asked = null;
  }

  #changed(fault: string | null): void {
    this.#fault = fault;
    const { report } = this.#options;
    if (fault === null) report({ level: 'info', msg: 'the store can be written to again' });
    else report({ level: 'error', err: cannotWrite(fault), msg: 'the store cannot be written to; reads go on' });
  }

  #answer({ resolve, reject }: PromiseWithResolvers<void>): void {
    this.#asked = null;
    if (this.#fault === null) resolve();
    else reject(cannotWrite(this.#fault));
  }

  #tryAgain(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (this.#fault === null) return;
      this.#tryAgain();
      this.#options.prove(true);
    }, PROVE_INTERVAL_MS).unref();
  }
}
