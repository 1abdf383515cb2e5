import { UNNOTICED_MS } from './elapsed-clock.ts';

/** The published bound: so long after the last moment up to which everything was told, a cache answers at most. */
const BOUND_MS = 3_000;
/** From that moment to `freshUntil`: the bound holds by the wall clock and by the monotonic one, whichever is ahead. */
export const FRESH_MS = BOUND_MS - UNNOTICED_MS;
