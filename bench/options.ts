import { parseArgs } from 'node:util';
import { CONTENDERS, type ContenderName } from './contenders/contender.ts';
import { SCENARIOS } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface Options {
  readonly rounds: number;
  /** Length of one slice of load. */
  readonly seconds: number;
  readonly warm_up_seconds: number;
  /** Numbers of sessions in a contender before the load. */
  readonly sizes: readonly number[];
  readonly scenarios: readonly Scenario[];
  readonly contenders: readonly ContenderName[];
  readonly connections: number;
  /** Whether to rewrite the results in README.md. */
  readonly write: boolean;
}

export const USAGE = `Usage: npm run bench -- [options]

  --rounds <n>            how often each contender is measured (default 15)
  --seconds <s>           length of each measurement (default 1)
  --sizes <n,n>           sessions in the store (default 1000,1000000)
  --scenarios <a,b>       of ${SCENARIOS.map(({ name }) => name).join(', ')} (default all)
  --contenders <a,b>      of ${CONTENDERS.join(', ')} (default all)
  --connections <n>       parallel requests (default 64)
  --quick                 3 rounds of 1 second with 1000 and 20000 sessions, to see that it works
  --write                 put the results into bench/README.md
`;

const DEFAULTS = { rounds: '15', seconds: '1', warm_up: 3, sizes: '1000,1000000' };
const QUICK = { rounds: '3', seconds: '1', warm_up: 1, sizes: '1000,20000' };

/** Parses the command line; null for `--help`. Throws an error with the reason if it is invalid. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      sizes: { type: 'string' },
      scenarios: { type: 'string' },
      contenders: { type: 'string' },
      connections: { type: 'string', default: '64' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const defaults = values.quick ? QUICK : DEFAULTS;
  const sizes = (values.sizes ?? defaults.sizes).split(',').map((size) => numberIn('sizes', size, 10, 10_000_000));
  return {
    rounds: numberIn('rounds', values.rounds ?? defaults.rounds, 1, 100),
    seconds: numberIn('seconds', values.seconds ?? defaults.seconds, 0.1, 60),
    warm_up_seconds: defaults.warm_up,
    sizes: [...new Set(sizes)].sort((a, b) => a - b),
    scenarios: chosen('scenarios', values.scenarios, SCENARIOS, ({ name }) => name),
    contenders: chosen('contenders', values.contenders, CONTENDERS, (name) => name),
    connections: numberIn('connections', values.connections, 1, 1_000),
    write: values.write,
  };
}

function chosen<T>(option: string, names: string | undefined, all: readonly T[], nameOf: (item: T) => string): T[] {
  if (names === undefined) return [...all];
  return names.split(',').map((name) => {
    const item = all.find((known) => nameOf(known) === name);
    if (item === undefined) throw new Error(`--${option} is "${name}"; allowed: ${all.map(nameOf).join(', ')}`);
    return item;
  });
}

function numberIn(option: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (text === '' || !(number >= min && number <= max)) {
    throw new Error(`--${option} is "${text}"; give a number from ${min} to ${max}`);
  }
  return number;
}
