import { isLoopback } from '../../../../../http/loopback.ts';
import type { Address, RedisStoreConfig } from '../../../../../stores/redis/config.ts';
import { Keys } from '../../../../../stores/redis/data/keys.ts';
import { LAYOUT, layoutFrom } from '../../../../../stores/redis/data/layout.ts';
import { CannotCheck, type Examination } from '../../examination.ts';
import { type ClockSource, foundClock } from '../clock.ts';
import { foundVersion } from '../schema-version.ts';
import { ServerInfo } from './info.ts';
import { examineRedisServer } from './server.ts';
import { clusterMasters, connectTo, type ExaminedServer, sentinelMaster } from './servers.ts';

const SLOTS = 16_384;

/** Checks the servers of a Redis store: one, the master that sentinels name, or the masters of a cluster. */
export async function examineRedis(
  examination: Examination,
  config: RedisStoreConfig,
  clock: ClockSource,
): Promise<void> {
  await examination.check('the store URL', () => checkUrl(examination, config));
  const servers: ExaminedServer[] = [];
  try {
    for (const at of await mastersOf(examination, config)) {
      const server = await connected(examination, at, config);
      if (server) servers.push(server);
    }
    for (const server of servers) await examineRedisServer(examination, server, config);
    const [first] = servers;
    if (first) await examination.check('the clock', () => checkClock(examination, first, clock));
    if (first) await examination.check('the layout of the data', () => checkLayout(examination, servers, config));
  } finally {
    for (const server of servers) server.close();
  }
}

function checkUrl(examination: Examination, { addresses, tls, password }: RedisStoreConfig): void {
  const remote = addresses.find(({ host }) => !isLoopback(host));
  if (!remote) return;
  if (!tls) examination.found('STORE_WITHOUT_TLS', `The URL leads to ${remote.host} without TLS (redis:).`);
  if (password === undefined) {
    examination.found('REDIS_WITHOUT_PASSWORD', `The URL leads to ${remote.host}, and has no password.`);
  }
}

/** The masters, as the first node or sentinel that responds reports them. */
async function mastersOf(examination: Examination, config: RedisStoreConfig): Promise<readonly Address[]> {
  const { topology, addresses } = config;
  if (topology.type === 'single') return addresses;
  for (const at of addresses) {
    const isSentinel = topology.type === 'sentinel';
    // Sentinels have their own users, and no databases.
    const own = isSentinel ? { ...config, username: undefined, password: undefined, database: 0 } : config;
    const node = await connected(examination, at, own);
    if (!node) continue;
    try {
      if (topology.type === 'cluster' && !(await mayBeCluster(node))) return [at];
      const masters = await examination.obtain(`the masters that ${node.address} names`, async () =>
        isSentinel ? [await sentinelMaster(node, topology.name)] : clusterMasters(node, at),
      );
      if (topology.type === 'cluster') await examineCluster(examination, node);
      if (masters) return masters.length > 0 ? masters : [at];
    } finally {
      node.close();
    }
  }
  return [];
}

/** False only if the server says that it is not a node of a cluster. The checks of the server report that. */
async function mayBeCluster({ send }: ExaminedServer): Promise<boolean> {
  const text = await send<string>('INFO', 'cluster').catch(() => '');
  return new ServerInfo(text).text('cluster_enabled') !== '0';
}

async function examineCluster(examination: Examination, node: ExaminedServer): Promise<void> {
  await examination.check(`the cluster, from ${node.address}`, async () => {
    const info = new ServerInfo(await node.send<string>('CLUSTER', 'INFO'));
    const [state, working] = [info.text('cluster_state'), info.number('cluster_slots_ok')];
    if (state !== 'ok') examination.found('REDIS_CLUSTER_DOWN', `${node.address} reports cluster_state:${state}.`);
    if (working < SLOTS) {
      examination.found('REDIS_SLOTS_MISSING', `${SLOTS - working} of ${SLOTS} slots have no working master.`);
    }
  });
}

function connected(examination: Examination, at: Address, config: RedisStoreConfig): Promise<ExaminedServer | null> {
  return examination.obtain(`the connection to ${at.host}:${at.port}`, (signal) => connectTo(at, config, signal));
}

async function checkClock(
  examination: Examination,
  { address, send }: ExaminedServer,
  clock: ClockSource,
): Promise<void> {
  await foundClock(examination, clock, `the clock of ${address}`, async () => {
    const [seconds, microseconds] = await send<[string, string]>('TIME');
    return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  });
}

/** In a cluster, only one of the masters has the layout. */
async function checkLayout(
  examination: Examination,
  servers: readonly ExaminedServer[],
  { prefix, shards }: RedisStoreConfig,
): Promise<void> {
  const { layout: key } = new Keys(prefix, shards);
  let reason = '';
  for (const { send } of servers) {
    try {
      const found = layoutFrom(await send<string | null>('GET', key));
      const where = `The data under "${prefix}"`;
      foundVersion(examination, where, { found: found?.version ?? 0, supported: LAYOUT });
      if (found?.version === LAYOUT && found.shards !== shards) {
        const counts = `has shards=${found.shards}, and the URL has shards=${shards}`;
        examination.found('LAYOUT_DIFFERS', `${where} ${counts}.`);
      }
      return;
    } catch (error) {
      reason = (error as Error).message;
    }
  }
  throw new CannotCheck(reason);
}
