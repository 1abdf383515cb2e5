import fc from 'fast-check';

/** A kind of input, and the code that reads it. */
export interface Target {
  readonly name: string;
  /** Inputs for each 1,000 runs that are asked for: what is slow gets fewer. */
  readonly share: number;
  /** What the machine lacks for it; null when it can run. */
  readonly missing: string | null;
  readonly open: () => Promise<OpenTarget>;
}

export interface OpenTarget {
  readonly check: Check;
  /** After a garbage collection; null where nothing is kept between two inputs. */
  readonly heapBytes: (() => Promise<number>) | null;
  readonly figures: () => Promise<Figures>;
  readonly close: () => Promise<void>;
}

/** What was counted besides the inputs. */
export interface Figures {
  /** Responses by the first digit of their status, like `2xx`. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly info_lines: number;
  /** Lines of the levels `warn` and `error`. */
  readonly warn_lines: number;
  readonly log_kinds: readonly (readonly [kind: string, lines: number])[];
}

export const NO_FIGURES: Figures = { statuses: {}, info_lines: 0, warn_lines: 0, log_kinds: [] };

/** Tries so many inputs, until one finds something. */
export type Check = (seed: number, runs: number) => Promise<Finding | null>;

export interface Finding {
  readonly seed: number;
  /** The number of the input that was the first to fail. */
  readonly runs: number;
  /** The smallest input that fails, as JavaScript. */
  readonly input: string;
  readonly problem: string;
}

/** An input that makes the service wait is tried again for each smaller one: after so long the smallest so far is taken. */
const SHRINKING_MS_MAX = 60_000;

/** Tries what `inputs` generates on `run`, which throws where the code does not do what it should. */
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
