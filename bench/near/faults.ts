import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from './figures.ts';
import { GapListener } from './gap-listener.ts';
import { changeLogExceeded, clientCutOff, clusterFailover, nodeCutOff, type Scene, serviceRestart } from './scenes.ts';
import { type Seen, Trial } from './trial.ts';

/** How long after its end a session may be answered as live. */
const BOUND_MS = 3_000;
/** The fault lasts for so long beyond the bound, in which nothing may be answered as live. */
const BEYOND_MS = 1_500;
/** After the fault what was held back arrives late, which must not be taken for news. */
const AFTER_MS = 1_000;
const WELL_WITHIN_MS = 20_000;

interface Fault {
  readonly stage: (together: number) => Promise<Scene>;
  /** Trials of one round, whose faults begin together or beside each other. */
  readonly together: number;
  /** Of all trials that were asked for. */
  readonly part: number;
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  'client cut off': { stage: clientCutOff, together: 25, part: 1 },
  'node cut off from postgres': { stage: () => nodeCutOff('postgres'), together: 10, part: 1 },
  'node cut off from redis': { stage: () => nodeCutOff('redis'), together: 10, part: 1 },
  'service killed and started': { stage: serviceRestart, together: 10, part: 0.3 },
  'cluster master killed': { stage: clusterFailover, together: 10, part: 0.3 },
  'change log exceeded': { stage: changeLogExceeded, together: 10, part: 0.2 },
};

/** Ends sessions right after a fault has begun, while callers read them: they must be refused within the bound. */
export async function measureFault(name: string, trials: number, say: (line: string) => void): Promise<boolean> {
  const fault = FAULTS[name];
  if (!fault) throw new Error(`There is no fault "${name}".`);
  const { stage, together, part } = fault;
  const scene = await stage(together);
  const seen: Seen[] = [];
  let unwell = 0;
  let withoutGap = 0;
  try {
    const rounds = Math.max(1, Math.round((trials * part) / together));
    for (let round = 0; round < rounds; round += 1) {
      const outcome = await run(scene, together);
      seen.push(...outcome.seen);
      unwell += outcome.unwell;
      if (scene.gap !== null && !outcome.isGapTold) withoutGap += 1;
    }
    const late = seen.filter(({ closed, memory, node }) => Math.max(memory, node) - closed > BOUND_MS).length;
    say(
      `${name}: ${seen.length - late} of ${seen.length} ended sessions refused within ${BOUND_MS} ms (${rounds} faults)`,
    );
    say(
      `  last answered as live after the end: from memory ${after(seen, 'memory')}; by the node ${after(seen, 'node')}`,
    );
    if (unwell > 0) say(`  NOT KEPT: ${unwell} callers were not well within ${WELL_WITHIN_MS} ms after the fault`);
    if (withoutGap > 0) say(`  NOT KEPT: after ${withoutGap} faults no gap was told`);
    return late === 0 && unwell === 0 && withoutGap === 0;
  } finally {
    await scene.remove();
  }
}

async function run(scene: Scene, together: number) {
  const numbers = Array.from({ length: together }, (_, trial) => trial);
  const listener = new GapListener(scene.urlOf(0));
  await listener.follow();
  const trials = await Promise.all(numbers.map((trial) => Trial.start(scene.closer, scene.urlOf(trial))));
  try {
    if (scene.gap === 'to those who come back') listener.stop();
    await Promise.all(
      trials.map(async (trial, number) => {
        await scene.begin(number);
        await trial.close();
      }),
    );
    const bound = delay(BOUND_MS + BEYOND_MS);
    await scene.meanwhile();
    await bound;
    await scene.end();
    await delay(AFTER_MS);
    const well = await Promise.all(trials.map((trial) => trial.isWell(WELL_WITHIN_MS)));
    if (scene.gap === 'to those who come back') await listener.follow();
    return {
      seen: trials.map((trial) => trial.seen),
      unwell: well.filter((isWell) => !isWell).length,
      isGapTold: listener.gaps > 0,
    };
  } finally {
    listener.stop();
    for (const trial of trials) trial.stop();
  }
}

/** Nothing for those that were refused before the close was even asked for. */
function after(seen: readonly Seen[], from: 'memory' | 'node'): string {
  const times = seen.map((one) => Math.max(0, one[from] - one.closed));
  const [median, last] = [0.5, 1].map((part) => `${Math.round(percentile(times, part))} ms`);
  return `${median} (median), ${last} (the last of all)`;
}
