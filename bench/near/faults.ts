import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from './figures.ts';
import { GapListener } from './gap-listener.ts';
import { changeLogExceeded, clientCutOff, clusterFailover, nodeCutOff, type Scene, serviceRestart } from './scenes.ts';
import { type Seen, Trial } from './trial.ts';

/** How long a cache may serve a session after its end. */
const BOUND_MS = 3_000;
/** The fault lasts this much longer than the bound. In this time no response may show an ended session as live. */
const BEYOND_MS = 1_500;
/** Time after the fault, in which delayed messages arrive. Caches must not treat them as new. */
const AFTER_MS = 1_000;
const WELL_WITHIN_MS = 20_000;

interface Fault {
  readonly stage: (together: number) => Promise<Scene>;
  /** The number of trials in a round. Their faults begin at the same time or overlap. */
  readonly together: number;
  /** The fraction of the requested trials that this fault gets. */
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

/** Ends sessions right after a fault begins, while callers read them. Callers must reject them within the bound. */
export async function measureFault(name: string, trials: number, say: (line: string) => void): Promise<boolean> {
  const fault = FAULTS[name];
  if (!fault) throw new Error(`unknown fault "${name}"`);
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
      `${name}: ${seen.length - late} of ${seen.length} ended sessions rejected within ${BOUND_MS} ms (${rounds} faults)`,
    );
    say(
      `  last shown as live after the end: by the cache ${after(seen, 'memory')}; by the node ${after(seen, 'node')}`,
    );
    if (unwell > 0) say(`  FAILED: ${unwell} callers had not recovered ${WELL_WITHIN_MS} ms after the fault`);
    if (withoutGap > 0) say(`  FAILED: no gap was published after ${withoutGap} faults`);
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

/** Sessions that were rejected before the close was requested do not count. */
function after(seen: readonly Seen[], from: 'memory' | 'node'): string {
  const times = seen.map((one) => Math.max(0, one[from] - one.closed));
  const [median, last] = [0.5, 1].map((part) => `${Math.round(percentile(times, part))} ms`);
  return `${median} (median), ${last} (maximum)`;
}
