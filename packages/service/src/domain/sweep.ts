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
}

/** Closes what is past its deadline; answers how many, and for how long the first of them had been past it. */
export async function closeExpired(store: SessionStore, now: number): Promise<{ closed: number; lag_ms: number }> {
  let lag_ms = 0;
  const closed = await inSteps(async () => {
    const { count, earliest } = await store.expire(now, BATCH_MAX);
    if (earliest !== null) lag_ms = Math.max(lag_ms, now - earliest);
    return count;
  });
  return { closed, lag_ms };
}

export async function sweep(store: SessionStore, retention_ms: number | null, now: number): Promise<Swept> {
  const { closed, lag_ms } = await closeExpired(store, now);
  const purged = retention_ms === null ? 0 : await inSteps(() => store.purge(now - retention_ms, BATCH_MAX));
  return { time: now, closed, purged, lag_ms };
}

async function inSteps(step: () => Promise<number>): Promise<number> {
  let all = 0;
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const count = await step();
    all += count;
    if (count < BATCH_MAX) break;
  }
  return all;
}
