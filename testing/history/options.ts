import { parseArgs } from 'node:util';
import { FAULTS, type Faults, type PlanOptions, STORES, type StoreKind } from './plan/plan.ts';

export interface RunOptions extends PlanOptions {
  readonly seconds: number;
}

const OPERATIONS = 100_000;
const SKEW_MS = 10_000;

export const USAGE =
  'npm run histories -- --store memory|sqlite|postgres|redis|redis-cluster --seed N [--operations N] [--seconds N]' +
  ' [--skew-ms N] [--faults none|kill|engine|all]';

/** Parses the command line. Throws a `TypeError` that says what is wrong. */
export function runOptions(args: readonly string[]): RunOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string' },
      seed: { type: 'string' },
      operations: { type: 'string' },
      seconds: { type: 'string' },
      'skew-ms': { type: 'string' },
      faults: { type: 'string' },
    },
  });
  return {
    store: oneOf('store', STORES, values.store),
    seed: whole('seed', values.seed, 1),
    operations: whole('operations', values.operations, OPERATIONS),
    seconds: whole('seconds', values.seconds, 86_400),
    skew_ms: whole('skew-ms', values['skew-ms'], SKEW_MS),
    faults: oneOf('faults', FAULTS, values.faults ?? 'all'),
  };
}

/** The command that runs the same plan again. */
export function commandOf({ store, seed, operations, skew_ms, faults }: PlanOptions): string {
  const options = `--store ${store} --seed ${seed} --operations ${operations} --skew-ms ${skew_ms} --faults ${faults}`;
  return `npm run histories -- ${options}`;
}

function oneOf<T extends StoreKind | Faults>(name: string, values: readonly T[], given: string | undefined): T {
  const found = values.find((value) => value === given);
  if (found === undefined) throw new TypeError(`--${name} is ${given}; allowed: ${values.join(', ')}`);
  return found;
}

function whole(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (!/^\d{1,12}$/.test(given)) throw new TypeError(`--${name} is ${given}; give a whole number`);
  return Number(given);
}
