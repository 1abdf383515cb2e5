import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSessionsClient } from '@pip-sessions/client';
import { PostgresServer } from '../../testing/servers/postgres-server.ts';
import { TcpProxy } from '../../testing/servers/proxy.ts';
import { RedisCluster } from '../../testing/servers/redis-cluster.ts';
import { RedisServer } from '../../testing/servers/redis-server.ts';
import { ServiceProcess, SOURCES } from '../service-process.ts';
import { startTestBed, temporaryFolder } from './test-bed.ts';

/** A service with a fault that can begin and end several times. */
export interface FaultScenario {
  /** The URL of the node that opens and closes the sessions. The fault may make it fail for a short time. */
  readonly closer: string;
  /** The URL that the callers of a trial use. */
  readonly urlOf: (trial: number) => string;
  /** Resolves when the fault has begun for a trial. It may have begun for other trials too. */
  readonly begin: (trial: number) => Promise<void>;
  /** Runs after all sessions are closed and before the fault ends. */
  readonly meanwhile: () => Promise<void>;
  readonly end: () => Promise<void>;
  /** The listeners that must receive a gap: those that stay connected, those that reconnect after the fault, or none. */
  readonly gap: 'to those who stay' | 'to those who come back' | null;
  readonly remove: () => Promise<void>;
}

/** The interval of heartbeats in the change stream. A fault may begin at any moment in it. */
const BEAT_MS = 1_100;
/** More changes than a node keeps for listeners that reconnect (at most twice 10,000). */
const CHANGES = 24_000;
const CHANGED_AT_ONCE = 64;
/** With `replicas=1` the response to a write waits for a replica, so that a failover cannot lose the write. */
const DURABLE_CLUSTER = { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '10' };

const nothing = async () => {};

/** The callers of each trial have their own network, which drops everything during the fault. */
export async function clientCutOff(trials: number): Promise<FaultScenario> {
  const testBed = await startTestBed('sqlite');
  const [closer] = testBed.urls;
  const proxies: TcpProxy[] = [];
  for (let n = 0; n < trials; n += 1) proxies.push(await TcpProxy.start(Number(new URL(closer).port)));
  return {
    closer,
    urlOf: (trial) => `http://127.0.0.1:${proxies[trial]?.port}`,
    begin: async (trial) => {
      await delay(Math.random() * BEAT_MS);
      await proxies[trial]?.setMode('drop');
    },
    meanwhile: nothing,
    end: async () => void (await Promise.all(proxies.map((proxy) => proxy.setMode('pass')))),
    gap: null,
    remove: async () => {
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await testBed.remove();
    },
  };
}

/** The node of the callers reaches the store through a network that drops everything. The other node is not affected. */
export async function nodeCutOff(engine: 'postgres' | 'redis'): Promise<FaultScenario> {
  const server = engine === 'postgres' ? await PostgresServer.start() : await RedisServer.start();
  const proxy = await TcpProxy.start(server.port);
  const through = new URL(server.url);
  through.port = String(proxy.port);
  const asked = await ServiceProcess.start(through.href);
  const other = await ServiceProcess.start(server.url);
  return {
    closer: other.url,
    urlOf: () => asked.url,
    begin: together(() => proxy.setMode('drop')),
    meanwhile: nothing,
    end: () => proxy.setMode('pass'),
    gap: 'to those who stay',
    remove: async () => {
      await Promise.all([asked.kill(), other.kill()]);
      await proxy.stop();
      await server.remove();
    },
  };
}

/** The node of the callers is killed. It restarts at the same address after the sessions were closed at another node. */
export async function serviceRestart(): Promise<FaultScenario> {
  const server = await RedisServer.start();
  const other = await ServiceProcess.start(server.url);
  let asked = await ServiceProcess.start(server.url);
  const { url, port } = asked;
  return {
    closer: other.url,
    urlOf: () => url,
    begin: together(() => asked.kill()),
    meanwhile: async () => {
      asked = await ServiceProcess.start(server.url, SOURCES, { SESSIONS_PORT: String(port) });
    },
    end: nothing,
    gap: 'to those who come back',
    remove: async () => {
      await Promise.all([asked.kill(), other.kill()]);
      await server.remove();
    },
  };
}

/** A master of the cluster is killed, and its replica takes over. */
export async function clusterFailover(): Promise<FaultScenario> {
  const cluster = await RedisCluster.start({ settings: DURABLE_CLUSTER });
  const store = `${cluster.url}&replicas=1`;
  const nodes = [await ServiceProcess.start(store), await ServiceProcess.start(store)] as const;
  let killed: RedisServer | null = null;
  return {
    closer: nodes[0].url,
    urlOf: () => nodes[1].url,
    begin: together(async () => {
      killed = await cluster.killMaster(0);
    }),
    meanwhile: nothing,
    // Until it is back as a replica, writes to its shards are rejected, because no second copy of them would exist.
    end: async () => {
      await killed?.restart();
      await cluster.whenReady();
    },
    gap: 'to those who stay',
    remove: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
      await cluster.stop();
    },
  };
}

/** While callers are cut off, there are more changes than the service keeps for them. */
export async function changeLogExceeded(): Promise<FaultScenario> {
  const { folder, remove } = temporaryFolder();
  const service = await ServiceProcess.start(`sqlite:${join(folder, 'sessions.db')}`);
  const proxy = await TcpProxy.start(service.port);
  return {
    closer: service.url,
    urlOf: () => `http://127.0.0.1:${proxy.port}`,
    begin: together(() => proxy.setMode('drop')),
    meanwhile: () => change(service.url, CHANGES),
    end: () => proxy.setMode('pass'),
    gap: 'to those who come back',
    remove: async () => {
      await proxy.stop();
      await service.kill();
      remove();
    },
  };
}

/** One fault at a time, for all trials that begin together, at any moment between two heartbeats. */
function together(fault: () => Promise<void>): () => Promise<void> {
  let begun: Promise<void> | null = null;
  return () => {
    begun ??= delay(Math.random() * BEAT_MS)
      .then(fault)
      .finally(() => {
        begun = null;
      });
    return begun;
  };
}

async function change(url: string, count: number): Promise<void> {
  const client = createSessionsClient({ url });
  const sessions = await Promise.all(
    Array.from({ length: CHANGED_AT_ONCE }, (_, n) => client.open({ user_id: `busy-${n}` })),
  );
  await Promise.all(
    sessions.map(async ({ session }) => {
      for (let n = 0; n < count / CHANGED_AT_ONCE; n += 1) await client.replaceData(session.id, n);
    }),
  );
}
