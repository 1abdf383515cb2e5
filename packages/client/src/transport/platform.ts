/** The only sources of time and randomness in the client, and its only way to say something by itself. */
import { ElapsedClock } from '@pip-sessions/near-cache/elapsed-clock';

/** Milliseconds since 1970. */
export function systemTime(): number {
  return Date.now();
}

/** Milliseconds from any start, which never step back: for deadlines. */
export function monotonicTime(): number {
  return performance.now();
}

const elapsed = new ElapsedClock({ monotonic: monotonicTime, wall: systemTime });

/** The same, and also while the machine was suspended: for how long something may be trusted. */
export function elapsedTime(): number {
  return elapsed.now();
}

/** That many random bytes as hex, which nobody can guess. */
export function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** From 0 up to 1, for jitter only. */
export function random(): number {
  return Math.random();
}

/** Shows the developer a mistake that nothing else would show. */
export function showMistake(error: unknown): void {
  console.error(error);
}

/** What keeps a request out of the platform's caches. Empty on a platform that refuses the option, and caches nothing. */
export function uncached(PlatformRequest: typeof Request | undefined): Pick<RequestInit, 'cache'> {
  try {
    if (PlatformRequest) new PlatformRequest('http://localhost/', { cache: 'no-store' });
    return { cache: 'no-store' };
  } catch {
    return {};
  }
}

export const UNCACHED = uncached(globalThis.Request);
