import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSessionsClient } from '@pip-sessions/client';
import { PostgresServer } from '../../testing/servers/postgres-server.ts';
import { TcpProxy } from '../../testing/servers/proxy.ts';
import { RedisCluster } from '../../testing/servers/redis-cluster.ts';
import { RedisServer } from '../../testing/servers/redis-server.ts';
import { ServiceProcess, SOURCES } from '../service-process.ts';
import { startStage, temporaryFolder } from './stage.ts';

/** A service with a fault that begins and ends, as often as it is told. */
export interface Scene {
  /** Of the node that sessions are opened and closed at. The fault may make it fail for a while, but not for long. */
  readonly closer: string;
  /** Where the caller of a trial asks. */
  readonly urlOf: (trial: number) => string;
  /** Resolves when the fault has begun for a trial; other trials may have begun, too. */
  readonly begin: (trial: number) => Promise<void>;
  /** What else happens after all sessions were closed, before the fault ends. */
  readonly meanwhile: () => Promise<void>;
  readonly end: () => Promise<void>;
  /** Who must be told of a gap: those who follow the changes all the time, who come back after the fault, or nobody. */
  readonly gap: 'to those who stay' | 'to those who come back' | null;
  readonly remove: () => Promise<void>;
}

/** The beat of the change stream: a fault may begin at any moment between two. */
const BEAT_MS = 1_100;
/** More than a node keeps (at most twice 10,000) of what a listener may have missed. */
const CHANGES = 24_000;
const CHANGED_AT_ONCE = 64;
/** `replicas=1`: a write is answered once a replica has it, so that the failover cannot lose it. */
const DURABLE_CLUSTER = { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '10' };

const nothing = async () => {};

/** Each trial's caller has a network of its own, which drops everything from some moment on. */
export async function clientCutOff(trials: number): Promise<Scene> {
  const stage = await startStage('sqlite');
  const [closer] = stage.urls;
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
      await stage.remove();
    },
  };
}

/** The node that is asked reaches the store through a network that drops everything; the other is not disturbed. */
export async function nodeCutOff(engine: 'postgres' | 'redis'): Promise<Scene> {
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

/** The node that is asked is killed, and comes back at the same place after the sessions were closed at another. */
export async function serviceRestart(): Promise<Scene> {
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

/** A master of the cluster is killed; its replica takes over. */
export async function clusterFailover(): Promise<Scene> {
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
    // Until it is there as a replica, writes to its shards are refused: nothing else would have them.
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

/** While callers are cut off, so much changes that the service cannot tell them what they missed. */
export async function changeLogExceeded(): Promise<Scene> {
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

/** One fault for all trials that begin together, at any moment between two beats; then the next. */
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
