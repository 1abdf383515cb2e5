import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Answered, openUntilGone, readBack } from './crash/answered.ts';
import { ServiceProcess } from './service-process.ts';

/**
 * Kills the service with `kill -9` in the middle of opens and closes, starts it again on the same file, and reads back
 * every session whose answer had arrived. Ends with exit code 1 when one is not as it was answered.
 */
const CONNECTIONS = 32;
const KILL_AFTER_MS = { min: 100, max: 800 };
const SHOWN_MAX = 10;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
  const rounds = Number(values.rounds);
  if (!(rounds >= 1 && rounds <= 1_000)) throw new Error('--rounds must be a number from 1 to 1000.');
  const folder = mkdtempSync(join(tmpdir(), 'sessions-crash-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  let service: ServiceProcess | null = null;
  try {
    const database = join(folder, 'sessions.db');
    const all: Answered[] = [];
    let lost = 0;
    service = await ServiceProcess.start(`sqlite:${database}`);
    for (let round = 1; round <= rounds; round += 1) {
      const { answered, killed_after_ms } = await loadAndKill(service);
      service = await ServiceProcess.start(`sqlite:${database}`);
      lost += await check(service, answered, `round ${round}: killed after ${killed_after_ms} ms; `);
      all.push(...answered);
    }
    lost += await check(service, all, `all ${rounds} rounds: `);
    if (lost > 0) process.exitCode = 1;
  } finally {
    await service?.kill();
  }
}

/** The next round goes on with the process that this one's restart left, and so with all that the file holds. */
async function loadAndKill(service: ServiceProcess): Promise<{ answered: Answered[]; killed_after_ms: number }> {
  const { min, max } = KILL_AFTER_MS;
  const killed_after_ms = Math.round(min + Math.random() * (max - min));
  const first = Promise.withResolvers<void>();
  const load = openUntilGone(service.port, CONNECTIONS, first.resolve);
  await Promise.race([first.promise, load]);
  await setTimeout(killed_after_ms);
  await service.kill();
  const answered = await load;
  if (answered.length === 0)
    throw new Error('The service answered nothing before it was killed, which proves nothing.');
  return { answered, killed_after_ms };
}

async function check(service: ServiceProcess, answered: readonly Answered[], what: string): Promise<number> {
  const closes = answered.filter(({ close }) => close === 'answered').length;
  const { found, lost } = await readBack(service.port, answered, CONNECTIONS);
  process.stdout.write(
    `${what}answered ${answered.length} opens and ${closes} closes, found ${found}, lost ${lost.length}\n`,
  );
  for (const line of lost.slice(0, SHOWN_MAX)) process.stdout.write(`  ${line}\n`);
  return lost.length;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
