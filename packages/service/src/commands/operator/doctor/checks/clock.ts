import type { Clock } from '../../../../domain/time/clock.ts';
import { CLOCK_DIFFERENCE_MS_MAX, compareClocks } from '../../../../domain/time/clock-check.ts';
import type { Examination } from '../examination.ts';
import type { FindingCode } from '../finding-kinds.ts';

export type ClockSource = Pick<Clock, 'now'>;

/** A difference that NTP would not leave. */
const CLOCK_OFF_MS = 2_000;

/**
 * Compares the clock of this machine with another, which `read` returns in milliseconds since 1970. `other` names it in
 * the message. `codes` are those for a difference of more than 2 and of more than 10 seconds.
 */
export async function foundClock(
  examination: Examination,
  clock: ClockSource,
  other: string,
  read: () => Promise<number>,
  [off, wrong]: readonly [FindingCode, FindingCode] = ['CLOCK_OFF', 'CLOCK_WRONG'],
): Promise<void> {
  const { ahead_ms, error_ms } = await compareClocks(clock, read);
  const least_ms = Math.abs(ahead_ms) - error_ms;
  if (least_ms <= CLOCK_OFF_MS) return;
  const seconds = (Math.abs(ahead_ms) / 1_000).toFixed(1);
  const message = `The clock of this machine is ${seconds} s ${ahead_ms > 0 ? 'ahead of' : 'behind'} ${other}.`;
  examination.found(least_ms > CLOCK_DIFFERENCE_MS_MAX ? wrong : off, message);
}
