import { codeOf } from './error-code.ts';

/** The service names its maximum in the message alone. */
const REFUSED = /\bidle_timeout must not be longer than (\d+) seconds/;

/** The longest idle timeout that the service allows, in seconds, of an error that says so; null for another error. */
function idleTimeoutMaximumOf(error: unknown): number | null {
  if (codeOf(error) !== 'INVALID_DATA' || !(error instanceof Error)) return null;
  const [, seconds] = REFUSED.exec(error.message) ?? [];
  return seconds === undefined ? null : Number(seconds);
}

/** The longest idle timeout that the service allows, as far as it has said so. */
export class IdleTimeoutMaximum {
  #max_s: number;

  /** `max_s` is what no service allows more than. */
  constructor(max_s: number) {
    this.#max_s = max_s;
  }

  bounded(wanted_s: number): number {
    return Math.min(wanted_s, this.#max_s);
  }

  /** Calls with what is wanted or allowed, and again where the service says that it allows less; `learnt` is told first. */
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
