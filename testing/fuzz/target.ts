import fc from 'fast-check';

/** A kind of input, and the code that reads it. */
export interface Target {
  readonly name: string;
  /** The number of inputs per 1,000 runs. Slow targets get fewer. */
  readonly share: number;
  /** A program that the machine lacks; null if the target can run. */
  readonly missing: string | null;
  readonly open: () => Promise<OpenTarget>;
}

export interface OpenTarget {
  readonly check: Check;
  /** Measures the heap after a garbage collection; null if the target has no state between inputs. */
  readonly heapBytes: (() => Promise<number>) | null;
  readonly figures: () => Promise<Figures>;
  readonly close: () => Promise<void>;
}

/** Counters besides the number of inputs. */
export interface Figures {
  /** The number of responses by the first digit of their status, such as `2xx`. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly info_lines: number;
  /** Log lines of the levels `warn` and `error`. */
  readonly warn_lines: number;
  readonly log_kinds: readonly (readonly [kind: string, lines: number])[];
}

export const NO_FIGURES: Figures = { statuses: {}, info_lines: 0, warn_lines: 0, log_kinds: [] };

/** Tries up to `runs` inputs and stops at the first finding. */
export type Check = (seed: number, runs: number) => Promise<Finding | null>;

export interface Finding {
  readonly seed: number;
  /** The number of the first input that failed. */
  readonly runs: number;
  /** The smallest input that fails, as JavaScript. */
  readonly input: string;
  readonly problem: string;
}

/** Shrinking stops after this time, because each try may wait for a timeout. The smallest input so far is reported. */
const SHRINKING_MS_MAX = 60_000;

/** A check that calls `run` with generated inputs. `run` throws if the code behaves wrongly. */
export function checkOf<T>(inputs: fc.Arbitrary<T>, run: (input: T) => Promise<void> | void): Check {
  return async (seed, runs) => {
    let failed_at: number | null = null;
    const property = fc.asyncProperty(inputs, async (input) => {
      if (failed_at !== null && performance.now() - failed_at > SHRINKING_MS_MAX) return;
      try {
        await run(input);
      } catch (error) {
        failed_at ??= performance.now();
        throw error;
      }
    });
    const details = await fc.check(property, { seed, numRuns: runs });
    if (!details.failed) return null;
    const { counterexample, errorInstance, numRuns } = details;
    const input = fc.stringify(counterexample?.[0]);
    const problem =
      errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
    return { seed, runs: numRuns, input, problem };
  };
}
