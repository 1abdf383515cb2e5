/**
 * Causes each alert of `deploy/alerts.yml` by a real fault, in front of a real Prometheus. Arguments name alerts: then
 * only their faults are made; `healthy` is the phase without a fault. Durations of the rules are shorter by `FACTOR`.
 */
import { FAULTS } from './faults.ts';
import { alertNames, FACTOR } from './shortened-rules.ts';
import { tryFault, tryHealthy } from './trial.ts';

/** Longer than the longest `for:`. */
const HEALTHY_MS = 40_000;

const HEALTHY = 'healthy';

const names = [HEALTHY, ...alertNames()];
const args = process.argv.slice(2);
const unknown = args.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`unknown alert ${unknown}; allowed: ${names.join(', ')}`);
const chosen = args.length > 0 ? args : names;

let failures = 0;
const print = (line: string) => void process.stdout.write(`${line}\n`);

print(`Durations of the rules are divided by ${FACTOR}.\n`);
if (chosen.includes(HEALTHY)) {
  await attempt('no fault', async () => {
    await tryHealthy(HEALTHY_MS);
    return `no alert in ${HEALTHY_MS / 1_000} s`;
  });
}
for (const fault of FAULTS) {
  if (!fault.causes.some((alert) => chosen.includes(alert))) continue;
  await attempt(fault.name, async () => {
    const { fired, resolved_s } = await tryFault(fault);
    const alerts = [...fired].map(([alert, seconds]) => `${alert} ${seconds.toFixed(1)} s`);
    return `${alerts.join(', ')}; resolved ${resolved_s.toFixed(1)} s after its end`;
  });
}
process.exit(failures === 0 ? 0 : 1);

async function attempt(what: string, work: () => Promise<string>): Promise<void> {
  try {
    print(`${what}: ${await work()}`);
  } catch (error) {
    failures += 1;
    print(`${what}: FAILED: ${error instanceof Error ? error.message : error}`);
  }
}
