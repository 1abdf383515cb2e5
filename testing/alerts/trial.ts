import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, PreparedFault } from './fault.ts';
import { Installation, METRICS_TOKEN } from './installation.ts';
import { Prometheus } from './prometheus.ts';
import { shortenedRules } from './shortened-rules.ts';
import { Traffic } from './traffic.ts';

const POLL_MS = 100;
/** How long an installation must be healthy before its fault begins. */
const HEALTHY_MS = 4_000;
const FIRES_WITHIN_MS = 100_000;
/** The window of an hour, which is a minute here, has the fault until then. */
const RESOLVES_WITHIN_MS = 100_000;

/** The state that Prometheus showed during one fault. */
export interface TrialResult {
  /** Seconds from the beginning of the fault until each alert fired, in that order. */
  readonly fired: ReadonlyMap<string, number>;
  /** Seconds from the end of the fault until no alert fired. */
  readonly resolved_s: number;
}

/**
 * Makes a fault in an installation of its own, under traffic. Rejects if an alert fires before the fault or without a
 * reason, if one of its alerts does not fire, and if one does not resolve after the fault.
 */
export async function tryFault(fault: Fault): Promise<TrialResult> {
  await using installation = new Installation();
  const prepared = await fault.prepare(installation);
  const prometheus = await watched(installation, prepared);
  await staysHealthy(prometheus, HEALTHY_MS);
  const fired = await firedDuring(fault, prepared, prometheus);
  const end = performance.now();
  await prepared.end();
  await poll(RESOLVES_WITHIN_MS, async () => {
    const firing = await prometheus.alerts('firing');
    assertExpected(fault, firing);
    return firing.length === 0 ? null : `${firing} did not resolve`;
  });
  return { fired, resolved_s: secondsSince(end) };
}

/** Watches nodes on every store under traffic. Rejects if an alert fires. */
export async function tryHealthy(ms: number): Promise<void> {
  await using installation = new Installation();
  const [postgres, redis] = await Promise.all([installation.postgres(), installation.redis()]);
  const urls = [postgres.url, postgres.url, redis.url, redis.url, installation.sqlite(), 'memory:'];
  for (const url of urls) await installation.node(url);
  const prometheus = await watched(installation, {});
  await staysHealthy(prometheus, ms);
}

/** Starts the traffic and Prometheus. Resolves when it has scraped every node. */
async function watched(installation: Installation, { key }: Pick<PreparedFault, 'key'>): Promise<Prometheus> {
  const { nodes } = installation;
  const prometheus = await Prometheus.start({
    targets: nodes.map(({ port }) => `127.0.0.1:${port}`),
    rules: shortenedRules(),
    token: METRICS_TOKEN,
  });
  installation.defer(() => prometheus.remove());
  const traffic = new Traffic(
    nodes.map(({ url }) => url),
    key,
  );
  installation.defer(() => traffic.stop());
  await poll(FIRES_WITHIN_MS, async () => {
    const scraped = await prometheus.value('sum(sessions_ready)');
    return scraped === nodes.length ? null : `Prometheus has scraped ${scraped} of ${nodes.length} nodes`;
  });
  return prometheus;
}

async function staysHealthy(prometheus: Prometheus, ms: number): Promise<void> {
  for (const start = performance.now(); performance.now() - start < ms; await delay(POLL_MS)) {
    const firing = await prometheus.alerts('firing');
    if (firing.length > 0) throw new Error(`${firing} fired without a fault`);
  }
}

async function firedDuring(fault: Fault, prepared: PreparedFault, prometheus: Prometheus) {
  const fired = new Map<string, number>();
  const start = performance.now();
  await prepared.begin();
  await poll(FIRES_WITHIN_MS, async () => {
    const firing = await prometheus.alerts('firing');
    assertExpected(fault, firing);
    for (const alert of firing) if (!fired.has(alert)) fired.set(alert, secondsSince(start));
    const missing = fault.causes.filter((alert) => !fired.has(alert));
    return missing.length === 0 ? null : `${missing} did not fire; fired: ${[...fired.keys()]}`;
  });
  return fired;
}

function assertExpected({ causes, mayCause = [] }: Fault, firing: readonly string[]): void {
  const unexpected = firing.filter((alert) => !causes.includes(alert) && !mayCause.includes(alert));
  if (unexpected.length > 0) throw new Error(`${unexpected} fired too`);
}

/** Repeats a check until it returns null. Rejects with its last text if that takes too long. */
async function poll(within_ms: number, check: () => Promise<string | null>): Promise<void> {
  for (const start = performance.now(); ; await delay(POLL_MS)) {
    const problem = await check();
    if (problem === null) return;
    if (performance.now() - start > within_ms) throw new Error(`${problem} within ${within_ms / 1_000} s`);
  }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1_000;
}
