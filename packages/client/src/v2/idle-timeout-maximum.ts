import { codeOf } from './error-code.ts';

/** The service names its maximum only in the message. */
const REFUSED = /\bidle_timeout must not be longer than (\d+) seconds/;

/** Returns the maximum idle timeout in seconds if an error names it; null for another error. */
function idleTimeoutMaximumOf(error: unknown): number | null {
  if (codeOf(error) !== 'INVALID_DATA' || !(error instanceof Error)) return null;
  const [, seconds] = REFUSED.exec(error.message) ?? [];
  return seconds === undefined ? null : Number(seconds);
}

/** The maximum idle timeout of the service, as far as its errors have named it. */
export class IdleTimeoutMaximum {
  #max_s: number;

  /** `max_s` is the maximum of every service. */
  constructor(max_s: number) {
    this.#max_s = max_s;
  }

  bounded(wanted_s: number): number {
    return Math.min(wanted_s, this.#max_s);
  }

  /**
   * Calls `call` with the wanted or the allowed timeout. If the service allows less, it calls `learnt` and then `call`
   * again.
   */
  async within<T>(
    wanted_s: number,
    call: (idle_timeout: number) => Promise<T>,
    learnt: (max_s: number) => void = () => {},
  ): Promise<T> {
    const asked_s = this.bounded(wanted_s);
    try {
      return await call(asked_s);
    } catch (error) {
      const max_s = idleTimeoutMaximumOf(error);
      if (max_s === null || max_s >= asked_s) throw error;
      this.#max_s = max_s;
      learnt(max_s);
      return call(max_s);
    }
  }
}
