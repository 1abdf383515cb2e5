import type { Outcome } from '../driver/driver.ts';
import type { RunOptions } from '../options.ts';

/** The figures of a run, as one line. */
export function summaryText({ store, seed, skew_ms, faults }: RunOptions, { violation, figures }: Outcome): string {
  const { operations, kinds, ends, unknown, kills, failures, rests, seconds } = figures;
  const byKind = [...kinds].toSorted(([, a], [, b]) => b - a).map(([kind, count]) => `${kind} ${count}`);
  const rate = Math.round(operations / Math.max(seconds, 0.001));
  return (
    `${violation ? 'VIOLATION' : 'ok'} ${store} seed ${seed} skew ${skew_ms} ms faults ${faults}: ` +
    `${operations} operations in ${seconds.toFixed(1)} s (${rate}/s; ${byKind.join(', ')}), ${ends} ends seen, ` +
    `${unknown} unknown outcomes, ${kills} nodes killed, ${failures} engine failures, ${rests} rests`
  );
}
