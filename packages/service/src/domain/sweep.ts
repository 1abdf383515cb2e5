import type { SessionStore } from './store.ts';

/** How many sessions one step closes or deletes; other work comes between two steps. */
const BATCH_MAX = 500;
/** A pass ends then, and leaves the rest to the next one. */
const STEPS_MAX = 200;

/** What a sweep did. */
export interface Swept {
  readonly time: number;
  readonly closed: number;
  readonly purged: number;
  /** For how long the first of them had waited to be closed. */
  readonly lag_ms: number;
  /** Whether it ended before all was done: at its bound, or because it might not go on. */
  readonly more: boolean;
}

/** Whether a pass may go on; asked between two steps. */
export type MayGoOn = () => Promise<boolean>;

/** Closes what is past its deadline, in bounded steps. */
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

/** Closes what is past its deadline, then deletes what ended longer ago than the retention; null keeps it for ever. */
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
