import { ElapsedClock } from '@pip-sessions/near-cache/elapsed-clock';
import { monotonicTime, wallTime } from './clock.ts';

const elapsed = new ElapsedClock({ monotonic: monotonicTime, wall: wallTime });

/**
 * Milliseconds since an arbitrary time: at least as many as have passed by the monotonic and by the wall clock of the
 * machine. Use it to decide how long this process may trust what it has read or received. After a suspension or a step
 * of the wall clock it is at least 10 seconds ahead, so that nothing from before is trusted.
 */
export function elapsedTime(): number {
  return elapsed.now();
}
