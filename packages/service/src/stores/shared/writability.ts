import { monotonicTime } from '../../domain/time/clock.ts';
import type { StoreReport } from './store-url.ts';
import { cannotWrite, unavailable } from './unavailable.ts';

/** A write within this time proves that writes are possible. */
const PROOF_AGE_MS_MAX = 5_000;
/** How often a write is tried while none is possible: there may be no requests that would write. */
const PROVE_INTERVAL_MS = 1_000;

interface WritabilityOptions {
  /** Starts a test write. Its result is reported to `proof`. */
  readonly prove: (needs_room: boolean) => void;
  readonly report: (report: StoreReport) => void;
}

/** Tracks whether the store can be written to: the disk may be full while reads still work. */
export class Writability {
  readonly #options: WritabilityOptions;
  #fault: string | null = null;
  #proved_at = monotonicTime();
  #pending: PromiseWithResolvers<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: WritabilityOptions) {
    this.#options = options;
  }

  /**
   * Notes the result of a commit: null, or the reason why no write is possible. A successful commit does not end a
   * fault. On a full disk, a small write may still fit into the log although larger ones do not.
   */
  committed(fault: string | null): void {
    if (fault !== null || this.#fault === null) this.proof(fault);
  }

  /** Notes the result of a test write: null, or the reason why no write is possible. */
  proof(fault: string | null): void {
    if (fault === null) this.#proved_at = monotonicTime();
    if (fault !== this.#fault) this.#changed(fault);
    if (fault !== null) this.#tryAgain();
    if (this.#pending) this.#settle(this.#pending);
  }

  /** Resolves if there was a recent write, or a test write succeeds now; rejects with `STORE_UNAVAILABLE`. */
  proved(): Promise<void> {
    if (this.#fault !== null) return Promise.reject(cannotWrite(this.#fault));
    if (monotonicTime() - this.#proved_at < PROOF_AGE_MS_MAX) return Promise.resolve();
    if (this.#pending) return this.#pending.promise;
    this.#pending = Promise.withResolvers<void>();
    const { promise } = this.#pending;
    this.#options.prove(false);
    return promise;
  }

  /** Ends the checks: nothing will be written any more. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pending?.reject(unavailable('it is closed'));
    this.#pending = null;
  }

  #changed(fault: string | null): void {
    this.#fault = fault;
    const { report } = this.#options;
    if (fault === null) report({ level: 'info', msg: 'the store can be written to again' });
    else report({ level: 'error', err: cannotWrite(fault), msg: 'the store cannot be written to; reads go on' });
  }

  #settle({ resolve, reject }: PromiseWithResolvers<void>): void {
    this.#pending = null;
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
