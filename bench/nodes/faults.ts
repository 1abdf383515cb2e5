import { setTimeout as delay } from 'node:timers/promises';
import { PostgresServer } from '../../testing/servers/postgres-server.ts';
import { type ProxyMode, TcpProxy } from '../../testing/servers/proxy.ts';
import { RedisCluster } from '../../testing/servers/redis-cluster.ts';
import { RedisServer } from '../../testing/servers/redis-server.ts';
import { ServiceProcess } from '../service-process.ts';
import { Callers } from './callers.ts';
import { Records } from './records.ts';

const CALLERS = 16;
const BEFORE_MS = 2_000;
const AWAY_MS = 4_000;
const AFTER_MS = 6_000;
/** What is promised. */
const FAILURE_MS_MAX = 2_000;
const RECOVERY_MS_MAX = 5_000;

/** An engine with two nodes, and a way to take it away and give it back. */
interface Scene {
  /** The store of each node. */
  readonly stores: readonly [string, string];
  /** Answers once the engine has begun to be away. */
  readonly away: () => Promise<void>;
  /** Answers once the engine is there for everybody. */
  readonly back: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

type Stage = () => Promise<Scene>;

/** `replicas=1`: a write is answered once a replica has it, so that the failover cannot lose it. */
const DURABLE_CLUSTER = { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '10' };

export const FAULTS: Readonly<Record<string, Stage>> = {
  'postgres stopped and started': () => postgresScene((server) => server.stop('fast')),
  'postgres killed and started': () => postgresScene((server) => server.kill()),
  'cluster master killed': clusterScene,
  'redis killed and started': redisScene,
  ...Object.fromEntries(
    (['postgres', 'redis'] as const).flatMap((engine) =>
      (['drop', 'reset', 'delay'] as const).map((mode) => [
        `node cut off from ${engine}: ${mode}`,
        () => cutOffScene(engine, mode),
      ]),
    ),
  ),
};

/** Two nodes under load while the engine is away: what was answered must be kept, and failures must be quick. */
export async function measureFault(name: string, say: (line: string) => void): Promise<boolean> {
  const stage = FAULTS[name];
  if (!stage) throw new Error(`There is no fault "${name}".`);
  const scene = await stage();
  const nodes: ServiceProcess[] = [];
  try {
    for (const store of scene.stores) nodes.push(await ServiceProcess.start(store));
    const records = new Records();
    const callers = new Callers(
      nodes.map(({ url }) => url),
      records,
    );
    callers.start(CALLERS);
    await delay(BEFORE_MS);
    const failedBefore = records.failures.length;
    const answeredBefore = records.answered;
    await scene.away();
    await delay(AWAY_MS);
    await scene.back();
    const back = performance.now();
    await delay(AFTER_MS);
    await callers.stop();
    await callers.verify();
    const recovery_ms = Math.max(0, records.lastFailure() - back);
    const slowest_ms = Math.max(0, ...records.failures.map(({ took_ms }) => took_ms));
    const others = records.failures.filter(({ status }) => status !== 503).length;
    say(`${name}: ${records.summary()}`);
    say(
      `  ${records.sessions.length} opens answered; the last failure ${Math.round(recovery_ms)} ms after the engine was back; ` +
        `${records.violations.length} answered writes lost or ended sessions seen live`,
    );
    for (const violation of new Set(records.violations)) say(`  NOT KEPT: ${violation}`);
    if (failedBefore > 0 || answeredBefore === 0) say(`  ${failedBefore} failures before the fault`);
    return (
      records.violations.length === 0 &&
      failedBefore === 0 &&
      others === 0 &&
      slowest_ms <= FAILURE_MS_MAX &&
      recovery_ms <= RECOVERY_MS_MAX
    );
  } finally {
    await Promise.all(nodes.map((node) => node.kill()));
    await scene.remove();
  }
}

async function postgresScene(end: (server: PostgresServer) => Promise<void>): Promise<Scene> {
  const server = await PostgresServer.start();
  return {
    stores: [server.url, server.url],
    away: () => end(server),
    back: () => server.start(),
    remove: () => server.remove(),
  };
}

async function redisScene(): Promise<Scene> {
  // Each command is on the disk before it is answered.
  const server = await RedisServer.start({ settings: { appendonly: 'yes', appendfsync: 'always' } });
  return {
    stores: [server.url, server.url],
    away: () => server.kill(),
    back: () => server.restart(),
    remove: () => server.remove(),
  };
}

async function clusterScene(): Promise<Scene> {
  const cluster = await RedisCluster.start({ settings: DURABLE_CLUSTER });
  const store = `${cluster.url}&replicas=1`;
  let killed: RedisServer | null = null;
  return {
    stores: [store, store],
    away: async () => {
      killed = await cluster.killMaster(0);
    },
    // Until it is there as a replica, writes to its shards are refused: nothing else would have them.
    back: async () => {
      await killed?.restart();
      await cluster.whenReady();
    },
    remove: () => cluster.stop(),
  };
}

/** One of two nodes reaches the engine through a proxy that has the fault; the other is not disturbed. */
async function cutOffScene(engine: 'postgres' | 'redis', fault: 'drop' | 'reset' | 'delay'): Promise<Scene> {
  const server = engine === 'postgres' ? await PostgresServer.start() : await RedisServer.start();
  const proxy = await TcpProxy.start(server.port);
  const mode: ProxyMode = fault === 'delay' ? 'pass' : fault;
  const through = new URL(server.url);
  through.port = String(proxy.port);
  return {
    stores: [through.href, server.url],
    away: async () => {
      if (fault === 'delay') proxy.delay_ms = AWAY_MS;
      await proxy.setMode(mode);
    },
    back: async () => {
      proxy.delay_ms = 0;
      await proxy.setMode('pass');
    },
    remove: async () => {
      await proxy.stop();
      await server.remove();
    },
  };
}
