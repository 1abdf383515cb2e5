import type { Sample } from '../scenarios/scenario.ts';

/** The message of a contender when it is ready. */
export interface Ready extends Sample {
  /** The server's process. Its CPU time is measured. */
  readonly pid: number;
  readonly port: number;
  /** The number of its sessions. */
  readonly preloaded: number;
  readonly ready_ms: number;
}

/**
 * Runs a contender's process. `start` gets the number of sessions, a folder that is removed afterwards, and whether the
 * sessions have tokens.
 *
 * The process reports that it is ready over the channel to its parent, or on standard output if it was started by hand. It
 * ends when the channel closes, so that no process stays behind.
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
