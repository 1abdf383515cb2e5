import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceProcess, SOURCES } from './service-process.ts';

/**
 * Measures the time from the call that starts the process until the first response, with a new database file, from the
 * sources and as published (after `npm run build`). Also measures an empty Node process, for comparison. The first start
 * of each is not counted: it has no compiled code on the disk.
 */
const BUILT = fileURLToPath(new URL('../packages/service/dist/main.js', import.meta.url));
const ROUNDS = 15;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sessions-start-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const mains = [SOURCES, BUILT].filter((path) => existsSync(path));
  const times = new Map<string, number[]>();
  const measure = async (name: string, work: () => unknown) => {
    const start = performance.now();
    await work();
    times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
  };
  for (let round = 0; round <= ROUNDS; round += 1) {
    if (round === 1) times.clear();
    await measure('an empty Node process', () => execFileSync(process.execPath, ['-e', '0']));
    for (const path of mains) {
      let service: ServiceProcess | null = null;
      await measure(path === SOURCES ? 'the service, from its sources' : 'the service, built', async () => {
        service = await ServiceProcess.start(`sqlite:${join(folder, `${times.size}-${round}.db`)}`, path);
        await fetch(`http://127.0.0.1:${service.port}/heartbeat`);
      });
      await (service as ServiceProcess | null)?.stop();
    }
  }
  for (const [name, all] of times) {
    const [least = 0, ...more] = all.sort((a, b) => a - b);
    const middle = more[Math.floor(ROUNDS / 2) - 1] ?? least;
    process.stdout.write(
      `${name}: ${middle.toFixed(0)} ms (${least.toFixed(0)} … ${more.at(-1)?.toFixed(0)}, ${ROUNDS} starts)\n`,
    );
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
