import { parseArgs } from 'node:util';
import { ENGINES, type EngineName } from './nodes/engines.ts';
import { measureFeed } from './nodes/feed.ts';
import { measureScale } from './nodes/scale.ts';
import { measureThroughput } from './nodes/throughput.ts';

const USAGE = `Usage: npm run bench:nodes -- <what> [--engine postgres|redis|cluster]

Measures the stores that nodes share, on servers that it starts:
  feed        time from a close at one node until another node publishes it
  throughput  gets of a store, against its bare driver
  scale       get, list by user and sweep with 10,000 and with 1,000,000 sessions (--sizes 10000,1000000)
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: 'string' },
      sizes: { type: 'string', default: '10000,1000000' },
    },
  });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const engines = ENGINES.filter((name) => values.engine === undefined || values.engine === name);
  const [few = 10_000, many = 1_000_000] = values.sizes.split(',').map(Number);
  const overEngines = (measure: (name: EngineName) => Promise<boolean>) => engines.map((name) => () => measure(name));
  const kinds: Readonly<Record<string, readonly (() => Promise<boolean>)[]>> = {
    feed: overEngines((name) => measureFeed(name, say)),
    throughput: overEngines((name) => measureThroughput(name, say)),
    scale: overEngines((name) => measureScale(name, [few, many], say)),
  };
  const chosen = kinds[positionals[0] ?? ''];
  if (!chosen) {
    process.stdout.write(USAGE);
    process.exitCode = 2;
    return;
  }
  for (const measure of chosen) if (!(await measure())) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
