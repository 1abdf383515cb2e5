import { parseArgs } from 'node:util';
import { measureExpress } from './near/express.ts';
import { FAULTS, measureFault } from './near/faults.ts';
import { measureHits } from './near/hits.ts';
import { measureLag } from './near/lag.ts';
import { measureMemory } from './near/memory.ts';
import { measureRevocation } from './near/revocation.ts';
import { measureSoak } from './near/soak.ts';
import { STORES, type StoreName } from './near/test-bed.ts';
import { stopProcesses } from './processes.ts';

const USAGE = `Usage: npm run bench:near -- <what> [options]

Measures the near-cache and the middleware, on services and servers that it starts:
  hits        reads from the cache, against validations over HTTP   (--rounds 9)
  express     Express with this middleware, with express-session on Redis, and without sessions   (--rounds 4)
  revocation  time from a close at one node until 200 clients of two nodes reject the token
              (--rounds 50, --engine ${STORES.join('|')})
  lag         the metric of the revocation lag at another node, with 50 listeners and 200 closes a second
              (--seconds 20, --engine postgres|redis)
  faults      clients, nodes and stores are cut off or fail: no cache may serve an ended session beyond the bound
              (--trials 100, --only <part of a fault's name>)
  memory      heap per cached session   (--sessions 100000)
  soak        a client and a service under full load: their heaps must not grow   (--minutes 10)
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      engine: { type: 'string' },
      only: { type: 'string', default: '' },
      trials: { type: 'string', default: '100' },
      sessions: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '20' },
      minutes: { type: 'string', default: '10' },
    },
  });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const rounds = (usual: number) => Number(values.rounds ?? usual);
  const kinds: Readonly<Record<string, readonly (() => Promise<boolean>)[]>> = {
    hits: [() => measureHits(rounds(9), say)],
    express: [() => measureExpress(rounds(4), say)],
    revocation: STORES.filter((name) => values.engine === undefined || values.engine === name).map(
      (name: StoreName) => () => measureRevocation(name, rounds(50), say),
    ),
    lag: (['postgres', 'redis'] as const)
      .filter((name) => values.engine === undefined || values.engine === name)
      .map((name) => () => measureLag(name, Number(values.seconds), say)),
    faults: Object.keys(FAULTS)
      .filter((name) => name.includes(values.only))
      .map((name) => () => measureFault(name, Number(values.trials), say)),
    memory: [() => measureMemory(Number(values.sessions), say)],
    soak: [() => measureSoak(Number(values.minutes), say)],
  };
  const chosen = kinds[positionals[0] ?? ''];
  if (!chosen || chosen.length === 0) {
    process.stdout.write(USAGE);
    process.exitCode = 2;
    return;
  }
  for (const measure of chosen) if (!(await measure())) process.exitCode = 1;
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  })
  .finally(stopProcesses)
  // Half-open connections of a fault would keep this process alive.
  .finally(() => process.exit());
