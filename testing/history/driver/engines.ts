import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresServer } from '../../servers/postgres-server.ts';
import { RedisCluster } from '../../servers/redis-cluster.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import type { StoreKind } from '../plan/plan.ts';

/** The database of a store, and the ways in which it can fail. */
export interface Engine {
  readonly url: string;
  /** Whether the sessions are lost when the process of the node ends. */
  readonly is_volatile: boolean;
  /** Each simulates a failure and resolves when the engine serves again. Empty if the engine cannot fail. */
  readonly failures: readonly (() => Promise<void>)[];
  readonly remove: () => Promise<void>;
}

/** Each command is on the disk before its response. */
const DURABLE = { appendonly: 'yes', appendfsync: 'always' };
/** A write succeeds only when a replica has it, so that a failover cannot lose it. */
const DURABLE_CLUSTER = { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '10' };
/** The time after which a replica has taken over. */
const FAILOVER_MS = 2_500;
const AWAY_MS = 500;
/** Shorter and longer than a call waits for the store. */
const PAUSES_MS = [150, 400, 2_500];

/** Returns what the machine lacks for a store; null if nothing is missing. */
export function missingFor(store: StoreKind): string | null {
  if (store === 'postgres') return PostgresServer.isAvailable() ? null : 'no PostgreSQL on this machine';
  if (store === 'redis' || store === 'redis-cluster') {
    return RedisServer.isAvailable() ? null : 'no Redis on this machine';
  }
  return null;
}

export function startEngine(store: StoreKind): Promise<Engine> {
  switch (store) {
    case 'memory':
      return memoryEngine();
    case 'sqlite':
      return sqliteEngine();
    case 'postgres':
      return postgresEngine();
    case 'redis':
      return redisEngine();
    case 'redis-cluster':
      return clusterEngine();
  }
}

async function memoryEngine(): Promise<Engine> {
  return { url: 'memory:?sessions_max=1000000', is_volatile: true, failures: [], remove: async () => {} };
}

async function sqliteEngine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-histories-'));
  const remove = async () => rmSync(folder, { recursive: true, force: true });
  return { url: `sqlite:${folder}/sessions.db`, is_volatile: false, failures: [], remove };
}

async function postgresEngine(): Promise<Engine> {
  const server = await PostgresServer.start();
  const after = (end: () => Promise<void>) => async () => {
    await end();
    await delay(AWAY_MS);
    await server.start();
  };
  return {
    url: await server.newDatabase(),
    is_volatile: false,
    failures: [after(() => server.stop('fast')), after(() => server.stop('immediate')), after(() => server.kill())],
    remove: () => server.remove(),
  };
}

async function redisEngine(): Promise<Engine> {
  const server = await RedisServer.start({ settings: DURABLE });
  const after = (end: () => Promise<void>) => async () => {
    await end();
    await delay(AWAY_MS);
    await server.restart();
  };
  const pauses = PAUSES_MS.map((ms) => async () => pause(server, ms));
  return {
    url: server.url,
    is_volatile: false,
    failures: [after(() => server.stop()), after(() => server.kill()), ...pauses],
    remove: () => server.remove(),
  };
}

async function clusterEngine(): Promise<Engine> {
  const cluster = await RedisCluster.start({ settings: { ...DURABLE, ...DURABLE_CLUSTER } });
  const failovers = [0, 1, 2].map((master) => async () => {
    const killed = await cluster.killMaster(master);
    await delay(FAILOVER_MS);
    await killed.restart();
    await cluster.whenReady();
  });
  const stall = async () => {
    const [master] = await cluster.masters();
    if (master) await pause(master, PAUSES_MS[0] ?? 0);
  };
  return {
    url: `${cluster.url}&replicas=1`,
    is_volatile: false,
    failures: [...failovers, stall],
    remove: () => cluster.stop(),
  };
}

/** The server keeps its connections, but does not respond for a while. */
async function pause(server: RedisServer, ms: number): Promise<void> {
  server.pause();
  await delay(ms);
  server.resume();
}
