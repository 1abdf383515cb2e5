/** The only sources of time and randomness in the client. */

/** Milliseconds since 1970. */
export function systemTime(): number {
  return Date.now();
}

/** Milliseconds from any start, which never step back: for deadlines. */
export function monotonicTime(): number {
  return performance.now();
}

/** From 0 up to 1, for jitter only. */
export function random(): number {
  return Math.random();
}
