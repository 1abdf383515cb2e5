import type { Figures, Finding, OpenTarget, Target } from './target.ts';

/** The result of a target. */
export interface TrialResult {
  readonly name: string;
  readonly runs: number;
  readonly seconds: number;
  readonly figures: Figures;
  /** The service's heap after the first quarter of the inputs and after the last; null if it was not measured. */
  readonly heap_bytes: readonly [first: number, last: number] | null;
  readonly finding: Finding | null;
}

export interface TrialOptions {
  readonly runs: number;
  readonly seed: number;
  readonly expects_log_limit: boolean;
}

const QUARTERS = 4;
/** With fewer inputs the heap still grows, because the engine compiles and caches fill. */
const HEAP_RUNS_MIN = 20_000;
/** A run of a million inputs finds a leak of 20 bytes per input. */
const GROWTH_BYTES_MAX = 4_194_304;
/** Log lines of the levels `warn` and `error` per input, not counting the first lines of each kind. */
const WARN_LINES_MAX = 0.01;
const FIRST_WARN_LINES_MAX = 10;

/** Runs a target's share of the inputs, in four quarters. */
export async function tryTarget(target: Target, options: TrialOptions): Promise<TrialResult> {
  const runs = Math.max(QUARTERS, Math.round((options.runs * target.share) / 1_000));
  const opened = await target.open();
  const start = process.hrtime.bigint();
  try {
    const { finding, heap_bytes } = await tryQuarters(opened, runs, options.seed);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    const figures = await opened.figures();
    const result = { name: target.name, runs: finding?.runs ?? runs, seconds, figures, heap_bytes };
    return { ...result, finding: finding ?? findingIn(result, options) };
  } finally {
    await opened.close();
  }
}

async function tryQuarters({ check, heapBytes }: OpenTarget, runs: number, seed: number) {
  const heaps: number[] = [];
  for (let quarter = 0; quarter < QUARTERS; quarter += 1) {
    const finding = await check(seed + quarter, Math.ceil(runs / QUARTERS));
    if (finding) return { finding, heap_bytes: null };
    if (heapBytes && runs >= HEAP_RUNS_MIN) heaps.push(await heapBytes());
  }
  const [first, last] = [heaps[0], heaps.at(-1)];
  return { finding: null, heap_bytes: first === undefined || last === undefined ? null : ([first, last] as const) };
}

/** Findings that only all inputs together show. */
function findingIn(result: Omit<TrialResult, 'finding'>, { seed, expects_log_limit }: TrialOptions): Finding | null {
  const { runs, heap_bytes, figures } = result;
  const found = (problem: string): Finding => ({ seed, runs, input: 'all inputs together', problem });
  const growth = heap_bytes ? heap_bytes[1] - heap_bytes[0] : 0;
  if (growth > GROWTH_BYTES_MAX)
    return found(`the heap grew by ${growth} bytes between the first quarter and the last`);
  if (expects_log_limit && figures.warn_lines > FIRST_WARN_LINES_MAX + runs * WARN_LINES_MAX) {
    return found(`${runs} inputs caused ${figures.warn_lines} lines of the levels warn and error`);
  }
  return null;
}
