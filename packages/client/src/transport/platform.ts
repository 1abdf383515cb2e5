/** The only sources of time and randomness in the client, and its only output. */
import { ElapsedClock } from '@pip-sessions/near-cache/elapsed-clock';

/** Milliseconds since 1970. */
export function systemTime(): number {
  return Date.now();
}

/** Milliseconds since an arbitrary start, never stepping back: for timeouts. */
export function monotonicTime(): number {
  return performance.now();
}

const elapsed = new ElapsedClock({ monotonic: monotonicTime, wall: systemTime });

/**
 * Milliseconds since an arbitrary start, which also count while the machine is suspended: for the age of cached values.
 */
export function elapsedTime(): number {
  return elapsed.now();
}

/**
 * Calls a function after the callbacks of this turn of the event loop; on platforms without `setImmediate`, after the
 * current callback.
 */
export const afterTurn: (call: () => void) => void =
  globalThis.setImmediate ?? ((call) => void Promise.resolve().then(call));

/** Calls a function every `ms` milliseconds. Returns a function that stops it. */
export function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms);
  return () => clearInterval(timer);
}

/** Returns `bytes` random bytes as hex. They are cryptographically secure. */
export function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** Returns a number from 0 to 1, for jitter only. */
export function random(): number {
  return Math.random();
}

/** Prints a mistake of the developer that would otherwise stay unnoticed. */
export function showMistake(error: unknown): void {
  console.error(error);
}

/**
 * The option that keeps a request out of the platform's caches. It is empty on a platform that rejects the option: such
 * a platform has no cache.
 */
export function uncached(PlatformRequest: typeof Request | undefined): Pick<RequestInit, 'cache'> {
  try {
    if (PlatformRequest) new PlatformRequest('http://localhost/', { cache: 'no-store' });
    return { cache: 'no-store' };
  } catch {
    return {};
  }
}

export const UNCACHED = uncached(globalThis.Request);
