import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, machine } from './machine.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { stopProcesses } from './processes.ts';
import { chart } from './report/chart.ts';
import { replaceResults } from './report/readme.ts';
import { figuresTable, resultsTable, shortfalls } from './report/tables.ts';
import { figures } from './report/targets.ts';
import { type Result, runScenario } from './rounds.ts';

/** Measures the contenders against each other. README.md describes the measurements. */
const FOLDER = new URL('results/', import.meta.url);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    process.stdout.write(USAGE);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'sessions-bench-'));
  const cleanUp = async () => {
    await stopProcesses();
    await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
  }
  try {
    await measure(options, folder);
  } finally {
    await cleanUp();
  }
}

async function measure(options: Options, folder: string): Promise<void> {
  const facts = machine(folder);
  say(`${describe(facts)}\n`);
  const results: Result[] = [];
  for (const scenario of options.scenarios) {
    say(`${scenario.name}: ${scenario.summary}`);
    results.push(...(await runScenario(scenario, options, folder, say)));
  }
  const reached = figures(results);
  const { rounds, seconds, connections } = options;
  const content = [
    describe(facts),
    `- ${rounds} rounds of ${seconds} s for each contender, ${connections} connections`,
    ...shortfalls(results),
    '',
    resultsTable(results),
    ...(reached.length > 0 ? ['', figuresTable(reached)] : []),
  ].join('\n');
  say(`\n${content}`);

  await mkdir(FOLDER, { recursive: true });
  await writeFile(new URL('latest.md', FOLDER), `${content}\n`);
  await writeFile(new URL('latest.svg', FOLDER), chart(results));
  if (options.write) {
    const picture = '![Requests a second of each contender](results/latest.svg)';
    await replaceResults(new URL('README.md', import.meta.url), `${picture}\n\n${content}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
