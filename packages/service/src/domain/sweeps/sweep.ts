import type { SessionStore } from '../store.ts';

/** Maximum number of sessions that one step closes or deletes. Other work runs between two steps. */
const BATCH_MAX = 500;
/** Maximum number of steps in one pass. The next pass does the rest. */
const STEPS_MAX = 200;

/** The result of a sweep. */
export interface Swept {
  readonly time: number;
  readonly closed: number;
  readonly purged: number;
  /** How long the first of the closed sessions had been past its deadline. */
  readonly lag_ms: number;
  /** Whether sessions are left: the sweep reached its maximum number of steps, or `mayGoOn` returned false. */
  readonly more: boolean;
}

/** Returns whether a pass may continue. It is called between two steps. */
export type MayGoOn = () => Promise<boolean>;

/** Closes the sessions that are past their deadline, in bounded steps. */
export async function closeExpired(
  store: SessionStore,
  now: number,
  mayGoOn: MayGoOn = always,
): Promise<Steps & Pick<Swept, 'lag_ms'>> {
  let lag_ms = 0;
  const steps = await inSteps(mayGoOn, async () => {
    const { count, earliest } = await store.expire(now, BATCH_MAX);
    if (earliest !== null) lag_ms = Math.max(lag_ms, now - earliest);
    return count;
  });
  return { ...steps, lag_ms };
}

/**
 * Closes the sessions that are past their deadline. Then deletes those whose retention period is over; null keeps them
 * for ever.
 */
export async function sweep(
  store: SessionStore,
  retention_ms: number | null,
  now: number,
  mayGoOn: MayGoOn = always,
): Promise<Swept> {
  const { count: closed, lag_ms, more } = await closeExpired(store, now, mayGoOn);
  const swept = { time: now, closed, purged: 0, lag_ms, more };
  if (retention_ms === null) return swept;
  if (!(await mayGoOn())) return { ...swept, more: true };
  const purged = await inSteps(mayGoOn, () => store.purge(now - retention_ms, BATCH_MAX));
  return { ...swept, purged: purged.count, more: more || purged.more };
}

interface Steps {
  readonly count: number;
  readonly more: boolean;
}

async function always(): Promise<boolean> {
  return true;
}

async function inSteps(mayGoOn: MayGoOn, step: () => Promise<number>): Promise<Steps> {
  let all = 0;
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const count = await step();
    all += count;
    if (count < BATCH_MAX) return { count: all, more: false };
    if (!(await mayGoOn())) break;
  }
  return { count: all, more: true };
}
