import { readFileSync } from 'node:fs';

/** Linux reports in USER_HZ, which is 100 on every platform that Node runs on. */
const MICROSECONDS_PER_TICK = 10_000;

/** User and system time of all threads of a process so far, in microseconds; null without `/proc`. */
export function cpuTimeUs(pid: number): number | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The second field, the command's name, may contain spaces and parentheses. The 14th and 15th fields are the times.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}
