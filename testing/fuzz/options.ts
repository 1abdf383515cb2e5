import { parseArgs } from 'node:util';

export interface FuzzOptions {
  /** The number of HTTP requests. Other targets get a share of this number. */
  readonly runs: number;
  readonly seed: number;
  /** Only targets whose names begin with this text; null for all targets. */
  readonly only: string | null;
  /** Whether unlimited log lines from unauthenticated clients are a finding. */
  readonly expects_log_limit: boolean;
}

export const USAGE = `Usage: npm run fuzz -- [options]

  --runs <n>               requests by HTTP in all, the other inputs in proportion (default 1000000)
  --seed <n>               begins the same inputs again (default: any)
  --only <name>            only targets whose names begin like this
  --no-expect-log-limit    lines of the log that grow with the requests are not a finding
`;

const RUNS = 1_000_000;
const SEED_MAX = 2 ** 31 - 1;

/** Parses the command line; null for `--help`. Throws a `TypeError` with the reason if it is invalid. */
export function fuzzOptions(args: readonly string[]): FuzzOptions | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: text,
      seed: text,
      only: text,
      'expect-log-limit': { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  if (values.help) return null;
  return {
    runs: whole('runs', values.runs, RUNS),
    seed: whole('seed', values.seed, Math.floor(Math.random() * SEED_MAX)),
    only: values.only ?? null,
    expects_log_limit: values['expect-log-limit'],
  };
}

function whole(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (!/^[1-9]\d{0,9}$/.test(given)) throw new TypeError(`option --${name} is "${given}"; give a whole number from 1`);
  return Number(given);
}
