/** `npm run fuzz`: sends odd inputs to all code that reads input, and prints the results. */
import { fuzzOptions, USAGE } from './options.ts';
import { detailsOf, lineOf } from './report.ts';
import { TARGETS } from './targets.ts';
import { tryTarget } from './trial.ts';

const options = fuzzOptions(process.argv.slice(2));
if (options === null) process.stdout.write(USAGE);
else process.exitCode = await run(options);

/** Resolves with the exit code: 1 if there is a finding. */
async function run({ only, runs, seed, expects_log_limit }: NonNullable<typeof options>): Promise<number> {
  process.stdout.write(`fuzz: seed ${seed}, ${runs} runs\n`);
  let findings = 0;
  for (const target of TARGETS.filter(({ name }) => only === null || name.startsWith(only))) {
    if (target.missing !== null) {
      process.stdout.write(`${target.name.padEnd(24)}; skipped: ${target.missing}\n`);
      continue;
    }
    const result = await tryTarget(target, { runs, seed, expects_log_limit });
    if (result.finding) findings += 1;
    process.stdout.write(`${lineOf(result)}\n`);
    const details = detailsOf(result, runs);
    if (details !== '') process.stdout.write(`${details}\n`);
  }
  process.stdout.write(`fuzz: ${findings} findings\n`);
  return findings === 0 ? 0 : 1;
}
