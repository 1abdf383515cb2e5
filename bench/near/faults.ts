import { setTimeout as delay } from 'node:timers/promises';
import {
  changeLogExceeded,
  clientCutOff,
  clusterFailover,
  type FaultScenario,
  nodeCutOff,
  serviceRestart,
} from './fault-scenarios.ts';
import { percentile } from './figures.ts';
import { GapListener } from './gap-listener.ts';
import { type Seen, Trial } from './trial.ts';

/** How long a cache may serve a session after its end. */
const BOUND_MS = 3_000;
/** The fault lasts this much longer than the bound. In this time no response may show an ended session as live. */
const BEYOND_MS = 1_500;
/** Time after the fault, in which delayed messages arrive. Caches must not treat them as new. */
const AFTER_MS = 1_000;
const WELL_WITHIN_MS = 20_000;

interface Fault {
  readonly start: (together: number) => Promise<FaultScenario>;
  /** The number of trials in a round. Their faults begin at the same time or overlap. */
  readonly together: number;
  /** The fraction of the requested trials that this fault gets. */
  readonly part: number;
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  'client cut off': { start: clientCutOff, together: 25, part: 1 },
  'node cut off from postgres': { start: () => nodeCutOff('postgres'), together: 10, part: 1 },
  'node cut off from redis': { start: () => nodeCutOff('redis'), together: 10, part: 1 },
  'service killed and started': { start: serviceRestart, together: 10, part: 0.3 },
  'cluster master killed': { start: clusterFailover, together: 10, part: 0.3 },
  'change log exceeded': { start: changeLogExceeded, together: 10, part: 0.2 },
};

/** Ends sessions right after a fault begins, while callers read them. Callers must reject them within the bound. */
export async function measureFault(name: string, trials: number, say: (line: string) => void): Promise<boolean> {
  const fault = FAULTS[name];
  if (!fault) throw new Error(`unknown fault "${name}"`);
  const { start, together, part } = fault;
  const scenario = await start(together);
  const seen: Seen[] = [];
  let unwell = 0;
  let withoutGap = 0;
  try {
    const rounds = Math.max(1, Math.round((trials * part) / together));
    for (let round = 0; round < rounds; round += 1) {
      const outcome = await run(scenario, together);
      seen.push(...outcome.seen);
      unwell += outcome.unwell;
      if (scenario.gap !== null && !outcome.isGapReceived) withoutGap += 1;
    }
    const late = seen.filter(({ closed, memory, node }) => Math.max(memory, node) - closed > BOUND_MS).length;
    say(
      `${name}: ${seen.length - late} of ${seen.length} ended sessions rejected within ${BOUND_MS} ms (${rounds} faults)`,
    );
    say(
      `  last shown as live after the end: by the cache ${after(seen, 'memory')}; by the node ${after(seen, 'node')}`,
    );
    if (unwell > 0) say(`  FAILED: ${unwell} callers had not recovered ${WELL_WITHIN_MS} ms after the fault`);
    if (withoutGap > 0) say(`  FAILED: no gap was published after ${withoutGap} faults`);
    return late === 0 && unwell === 0 && withoutGap === 0;
  } finally {
    await scenario.remove();
  }
}

async function run(scenario: FaultScenario, together: number) {
  const numbers = Array.from({ length: together }, (_, trial) => trial);
  const listener = new GapListener(scenario.urlOf(0));
  await listener.follow();
  const trials = await Promise.all(numbers.map((trial) => Trial.start(scenario.closer, scenario.urlOf(trial))));
  try {
    if (scenario.gap === 'to those who come back') listener.stop();
    await Promise.all(
      trials.map(async (trial, number) => {
        await scenario.begin(number);
        await trial.close();
      }),
    );
    const bound = delay(BOUND_MS + BEYOND_MS);
    await scenario.meanwhile();
    await bound;
    await scenario.end();
    await delay(AFTER_MS);
    const well = await Promise.all(trials.map((trial) => trial.isWell(WELL_WITHIN_MS)));
    if (scenario.gap === 'to those who come back') await listener.follow();
    return {
      seen: trials.map((trial) => trial.seen),
      unwell: well.filter((isWell) => !isWell).length,
      isGapReceived: listener.gaps > 0,
    };
  } finally {
    listener.stop();
    for (const trial of trials) trial.stop();
  }
}

/** Sessions that were rejected before the close was requested do not count. */
function after(seen: readonly Seen[], from: 'memory' | 'node'): string {
  const times = seen.map((one) => Math.max(0, one[from] - one.closed));
  const [median, last] = [0.5, 1].map((part) => `${Math.round(percentile(times, part))} ms`);
  return `${median} (median), ${last} (maximum)`;
}
