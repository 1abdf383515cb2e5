import { setTimeout } from 'node:timers/promises';
import { type Contender, type ContenderName, startContender } from './contenders/contender.ts';
import type { Measurement } from './load/load.ts';
import type { FromGenerator, ToGenerator } from './load/protocol.ts';
import type { Options } from './options.ts';
import { Process } from './processes.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** The results of one contender with one number of sessions in one scenario. */
export interface Result {
  readonly scenario: string;
  readonly contender: ContenderName;
  readonly size: number;
  readonly preloaded: number;
  readonly ready_ms: number;
  /** One per round, in order. Measurements of two results with the same index were taken within the same minute. */
  readonly measurements: readonly Measurement[];
}

/** Longer than a slice and its last responses may take. */
const MEASURE_TIMEOUT_MS = 120_000;
/** From this size on the original is slow: it searches all its sessions for each request. */
const SLOW_FROM = 100_000;
const SLOW_CONNECTIONS = 8;
/** Time for a server to finish its work after the responses: log lines, checkpoints. */
const PAUSE_MS = 150;

/**
 * Runs one scenario. Starts every contender with every number of sessions, each in a fresh process, and warms it up. Then
 * each gets a short slice of load in turn, round after round. Every other round has the reverse order. Other load on the
 * machine then affects all contenders of a round alike, so ratios within a round are fair even if the numbers are not.
 */
export async function runScenario(
  scenario: Scenario,
  options: Options,
  folder: string,
  say: (line: string) => void,
): Promise<Result[]> {
  const { connections, rounds, seconds, warm_up_seconds } = options;
  const generator = Process.start('the load generator', new URL('load/generator.ts', import.meta.url));
  const contenders: Contender[] = [];
  for (const size of options.sizes) {
    for (const name of options.contenders) {
      if (scenario.needs_tokens && name === 'original') continue;
      const contender = await startContender(name, size, folder, scenario.needs_tokens);
      contenders.push(contender);
      const { pid, port, preloaded, ready_ms, ids, tokens, users } = contender.ready;
      say(`  ${label(contender)} is ready with ${preloaded} sessions after ${(ready_ms / 1000).toFixed(1)} s`);
      const sample = { ids, tokens, users };
      const target = label(contender);
      await ask(generator, { type: 'prepare', target, pid, port, scenario: scenario.name, sample });
    }
  }

  async function slice(contender: Contender, length: number): Promise<Measurement> {
    await setTimeout(PAUSE_MS);
    const target = label(contender);
    const answer = await ask(generator, {
      type: 'measure',
      target,
      connections: connectionsOf(contender, connections),
      seconds: length,
    });
    if (answer.type !== 'measured') throw new Error(`the load generator replied ${answer.type} to measure`);
    const { errors, error } = answer.measurement;
    if (errors > 0) throw new Error(`${scenario.name}: ${errors} wrong responses of ${target}; the first: ${error}`);
    return answer.measurement;
  }

  for (const contender of contenders) await slice(contender, warm_up_seconds);
  const measured = contenders.map((contender) => ({ contender, measurements: [] as Measurement[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { contender, measurements } of round % 2 === 0 ? measured : measured.toReversed()) {
      measurements.push(await slice(contender, seconds));
    }
    say(`  round ${round + 1} of ${rounds}`);
  }
  await Promise.all([generator.stop(), ...contenders.map((contender) => contender.stop())]);
  return measured.map(({ contender: { name, size, ready }, measurements }) => {
    const { preloaded, ready_ms } = ready;
    return { scenario: scenario.name, contender: name, size, preloaded, ready_ms, measurements };
  });
}

/**
 * With a million sessions, a get of the original can wait longer than its keep-alive timeout of 5 s. The original then closes
 * connections that have requests. Fewer connections avoid this, and keep one core just as busy.
 */
function connectionsOf({ name, size }: Contender, connections: number): number {
  return name === 'original' && size > SLOW_FROM ? Math.min(connections, SLOW_CONNECTIONS) : connections;
}

function label({ name, size }: Contender): string {
  return `${name} with ${size}`;
}

async function ask(generator: Process, message: ToGenerator): Promise<FromGenerator> {
  const answer = await generator.ask<FromGenerator>(message, MEASURE_TIMEOUT_MS);
  if (answer.type === 'failed') throw new Error(answer.message);
  return answer;
}
