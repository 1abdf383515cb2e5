import type { LimitPolicy, SessionLimit } from '../../../packages/service/src/domain/store.ts';
import { Random, seedOf } from './random.ts';

export const STORES = ['memory', 'sqlite', 'postgres', 'redis', 'redis-cluster'] as const;
export type StoreKind = (typeof STORES)[number];

export const FAULTS = ['none', 'kill', 'engine', 'all'] as const;
export type Faults = (typeof FAULTS)[number];

export interface PlanOptions {
  readonly store: StoreKind;
  readonly seed: number;
  readonly operations: number;
  /** The maximum difference between a node's clock and the machine's clock. */
  readonly skew_ms: number;
  readonly faults: Faults;
}

/** Happens after this many operations have been sent. */
export type Disturbance = { readonly after: number } & (
  | { readonly type: 'kill'; readonly node: number }
  /** `way` chooses among the ways in which the engine of the store can fail. */
  | { readonly type: 'engine'; readonly way: number }
  | { readonly type: 'clock'; readonly node: number; readonly offset_ms: number; readonly tick_ms: number }
  | { readonly type: 'rest' }
);

/** Everything that a seed decides in advance; `intents.ts` draws the actions of the clients. */
export interface Plan {
  readonly options: PlanOptions;
  readonly nodes: number;
  readonly clients: number;
  readonly users: number;
  readonly slots: number;
  readonly limit: SessionLimit | null;
  readonly touch_interval_ms: number;
  readonly rotation_grace_ms: number;
  readonly retention_ms: number | null;
  readonly page_size_max: number;
  /** In the order of `after`. */
  readonly disturbances: readonly Disturbance[];
}

const CLIENTS = 80;
const RESTS_EVERY = 4_000;
const CLOCK_STEPS_EVERY = 1_500;
/** A kill or a failure of the engine takes seconds, so a long run has more of them. */
const FAULTS_EVERY_MIN = 2_500;
const FAULTS_EVERY_MAX = 50_000;
const FAULTS_A_RUN = 40;
/** The random streams of a plan: settings, disturbances, then one for each client. */
const PARTS = { settings: 0, disturbances: 1, clients: 2 };

export function planOf(options: PlanOptions): Plan {
  const random = new Random(seedOf(options.seed, PARTS.settings));
  const isShared = options.store !== 'memory' && options.store !== 'sqlite';
  return {
    options,
    nodes: isShared ? 2 : 1,
    clients: CLIENTS,
    users: random.pick([6, 16, 40]),
    slots: random.pick([3, 6]),
    limit: limitOf(random),
    touch_interval_ms: random.pick([0, 20, 1_000, 60_000]),
    rotation_grace_ms: random.pick([50, 1_000, 30_000]),
    retention_ms: random.chance(0.15) ? 2_000 : null,
    page_size_max: random.pick([5, 20, 100]),
    disturbances: disturbancesOf(options, isShared ? 2 : 1),
  };
}

/** The random numbers of one client. */
export function clientRandom({ options }: Plan, client: number): Random {
  return new Random(seedOf(options.seed, PARTS.clients + client));
}

function limitOf(random: Random): SessionLimit | null {
  const policy = random.pick<LimitPolicy | null>(['deny', 'deny', 'evict_oldest', 'evict_idle', null]);
  return policy === null ? null : { max: random.pick([2, 3, 5]), policy };
}

function disturbancesOf({ seed, operations, faults, skew_ms, store }: PlanOptions, nodes: number): Disturbance[] {
  const random = new Random(seedOf(seed, PARTS.disturbances));
  const all: Disturbance[] = [];
  const every = (count: number, make: (after: number) => Disturbance | null) => {
    for (let after = count / 2; after < operations; after += count * (0.5 + random.next())) {
      const disturbance = make(Math.floor(after));
      if (disturbance) all.push(disturbance);
    }
  };
  every(RESTS_EVERY, (after) => ({ type: 'rest', after }));
  every(CLOCK_STEPS_EVERY, (after) => {
    const node = random.below(nodes);
    const offset_ms = offsetOf(random, skew_ms);
    const tick_ms = random.pick([1, 1, 1, 10, 50]);
    return skew_ms === 0 ? null : { type: 'clock', after, node, offset_ms, tick_ms };
  });
  const faultsEvery = Math.max(FAULTS_EVERY_MIN, Math.min(FAULTS_EVERY_MAX, operations / FAULTS_A_RUN));
  const hasEngine = store !== 'memory' && store !== 'sqlite';
  every(faultsEvery, (after) => {
    const [isKill, node, way] = [random.chance(0.5), random.below(nodes), random.below(1_000)];
    if (faults === 'none' || (faults === 'engine' && !hasEngine)) return null;
    const kills = faults === 'kill' || (faults === 'all' && (isKill || !hasEngine));
    return kills ? { type: 'kill', after, node } : { type: 'engine', after, way };
  });
  return all.toSorted((a, b) => a.after - b.after);
}

/** Often no offset, often a small one, and sometimes one up to the maximum. */
function offsetOf(random: Random, skew_ms: number): number {
  const far = Math.round((2 * random.next() - 1) * skew_ms);
  const near = Math.round((2 * random.next() - 1) * Math.min(skew_ms, 300));
  return random.pick([0, near, near, far]);
}
