import { UNNOTICED_MS } from './elapsed-clock.ts';

/** The published bound in milliseconds: a cache serves entries at most this long after the feed's last watermark. */
const BOUND_MS = 3_000;
/**
 * The time from a watermark to the end of freshness, in milliseconds: the published bound of 3 seconds, less what
 * `ElapsedClock` may leave undetected. So the bound holds by the wall clock and by the monotonic clock.
 */
export const FRESH_MS = BOUND_MS - UNNOTICED_MS;
