import type { Sample } from '../scenarios/scenario.ts';

/** What a contender says once it serves. */
export interface Ready extends Sample {
  /** The process that serves, whose CPU time is counted. */
  readonly pid: number;
  readonly port: number;
  /** How many sessions it holds. */
  readonly preloaded: number;
  readonly ready_ms: number;
}

/**
 * Runs a contender's process: `start` gets the number of sessions to hold, a folder that is removed afterwards, and
 * whether the sessions have tokens.
 * It says when it is ready over the channel to the process that started it, or on standard output when it is started
 * by hand; and it ends with that channel, so that nothing is left running whatever becomes of the measurement.
 */
export async function contend(
  start: (size: number, folder: string, withTokens: boolean) => Promise<Omit<Ready, 'ready_ms'>>,
): Promise<void> {
  const [size = '1000', folder = '.', tokens] = process.argv.slice(2);
  process.once('disconnect', () => process.exit());
  const started = performance.now();
  const contender = await start(Number(size), folder, tokens === 'tokens');
  const ready: Ready = { ...contender, ready_ms: Math.round(performance.now() - started) };
  if (process.send) process.send(ready);
  else process.stdout.write(`${JSON.stringify(ready)}\n`);
}
