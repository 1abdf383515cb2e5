/** Makes a history of a store and checks it; see README.md. */
import { run } from './driver/driver.ts';
import { commandOf, type RunOptions, runOptions, USAGE } from './options.ts';
import { planOf } from './plan/plan.ts';
import { summaryText } from './report/summary.ts';
import { violationText } from './report/violation-text.ts';

let options: RunOptions;
try {
  options = runOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
  process.exit(2);
}
const interrupted = new AbortController();
process.once('SIGTERM', () => interrupted.abort());
try {
  const outcome = await run(planOf(options), options.seconds, {
    signal: interrupted.signal,
    onProgress: (operations) => process.stderr.write(`${operations} operations, no violation\n`),
  });
  if (outcome.violation) {
    process.stdout.write(violationText(outcome, outcome.violation));
    process.stdout.write(`seed ${options.seed}; the same plan again: ${commandOf(options)}\n`);
  }
  process.stdout.write(`${summaryText(options, outcome)}\n`);
  process.exit(outcome.violation ? 1 : 0);
} catch (error) {
  process.stderr.write(`The run failed: ${(error as Error).stack}\n`);
  process.exit(2);
}
