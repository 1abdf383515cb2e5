import { ElapsedClock } from '@pip-sessions/near-cache/elapsed-clock';
import { monotonicTime, wallTime } from './clock.ts';

const elapsed = new ElapsedClock({ monotonic: monotonicTime, wall: wallTime });

/**
 * Milliseconds since some moment: at least as many as have passed by the monotonic or by the wall clock of the machine.
 * For how long this process may trust what it has read or received. After a suspension, or a step of the wall clock, it is
 * at least 10 seconds ahead, so that nothing from before counts.
 */
export function elapsedTime(): number {
  return elapsed.now();
}
