import type { RedisStoreConfig } from '../../../../../stores/redis/config.ts';
import { isReplica, QUERY_ROLE } from '../../../../../stores/redis/topology/role.ts';
import type { Examination } from '../../examination.ts';
import { bytesText } from '../bytes-text.ts';
import { examineDurability } from './durability.ts';
import { ServerInfo } from './info.ts';
import type { ExaminedServer } from './servers.ts';

const VERSION_MIN = [6, 2] as const;
/** At this part of a maximum, there is time to act. */
const NEAR_MAX = 0.8;
/** How many keys a look for keys of others asks for. */
const SCANNED = 1_000;

/** Checks one server. */
export async function examineRedisServer(
  examination: Examination,
  server: ExaminedServer,
  config: RedisStoreConfig,
): Promise<void> {
  const { address, send } = server;
  await examination.check(`the role of ${address}`, async () => {
    if (!isReplica(await send(...QUERY_ROLE))) return;
    examination.found('REDIS_IS_REPLICA', `${address} is a replica.`);
  });
  const info = await examination.obtain(`INFO of ${address}`, async () => new ServerInfo(await send<string>('INFO')));
  if (info === null) return;
  await examination.check(`the version of ${address}`, () => checkVersion(examination, address, info));
  await examination.check(`the memory of ${address}`, () => checkMemory(examination, address, info));
  await examination.check(`the connections of ${address}`, () => checkClients(examination, address, info));
  await examineDurability(examination, server, info);
  if (info.text('role') === 'master') {
    await examination.check(`the replicas of ${address}`, () => checkReplicas(examination, address, info, config));
  }
  await examination.check(`the topology of ${address}`, () => checkTopology(examination, address, info, config));
  await lookForOthers(examination, server, config);
}

function checkVersion(examination: Examination, address: string, info: ServerInfo): void {
  const version = info.text('redis_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [major_min, minor_min] = VERSION_MIN;
  if (major > major_min || (major === major_min && minor >= minor_min)) return;
  examination.found('REDIS_VERSION_OLD', `${address} has version ${version}; ${VERSION_MIN.join('.')} is needed.`);
}

function checkMemory(examination: Examination, address: string, info: ServerInfo): void {
  const [max, used, policy] = [info.number('maxmemory'), info.number('used_memory'), info.text('maxmemory_policy')];
  if (policy !== '' && policy !== 'noeviction') {
    const found = `${address} has maxmemory-policy ${policy}`;
    if (max > 0) examination.found('REDIS_EVICTS', `${found}, and maxmemory ${bytesText(max)}.`);
    else examination.found('REDIS_WOULD_EVICT', `${found}, and no maxmemory.`);
  }
  if (!(max > 0) || used < NEAR_MAX * max) return;
  const part = `${bytesText(used)} of maxmemory ${bytesText(max)}`;
  examination.found('REDIS_MEMORY_NEAR_MAX', `${address} uses ${part}.`);
}

function checkClients(examination: Examination, address: string, info: ServerInfo): void {
  const [clients, max] = [info.number('connected_clients'), info.number('maxclients')];
  if (!(clients >= NEAR_MAX * max)) return;
  examination.found('REDIS_CLIENTS_NEAR_MAX', `${address} has ${clients} connections of maxclients ${max}.`);
}

function checkReplicas(
  examination: Examination,
  address: string,
  info: ServerInfo,
  { replicas, topology }: RedisStoreConfig,
): void {
  const connected = info.number('connected_slaves');
  if (connected < replicas) {
    const counts = `${connected} connected replicas, and the URL has replicas=${replicas}`;
    examination.found('REDIS_REPLICAS_MISSING', `${address} has ${counts}.`);
  } else if (connected === 0) {
    const code = topology.type === 'single' ? 'REDIS_NO_REPLICA' : 'REDIS_MASTER_ALONE';
    examination.found(code, `${address} has no connected replica.`);
  }
}

function checkTopology(
  examination: Examination,
  address: string,
  info: ServerInfo,
  { topology }: RedisStoreConfig,
): void {
  const isCluster = info.text('cluster_enabled') === '1';
  if (isCluster === (topology.type === 'cluster')) return;
  const found = isCluster
    ? 'a node of a cluster, and the URL has no cluster=true'
    : 'no cluster, and the URL has cluster=true';
  examination.found('REDIS_TOPOLOGY_DIFFERS', `${address} is ${found}.`);
}

/** Looks at some keys. A user with the least rights may not send SCAN; then nothing is known, and nothing reported. */
async function lookForOthers(
  examination: Examination,
  server: ExaminedServer,
  { prefix }: RedisStoreConfig,
): Promise<void> {
  const scanned = await server
    .send<[string, readonly string[]]>('SCAN', '0', 'COUNT', String(SCANNED))
    .catch(() => null);
  if (scanned === null) return;
  await examination.check(`keys of others at ${server.address}`, () => {
    const [, names] = scanned;
    const others = names.filter((name) => !name.startsWith(`${prefix}:`));
    if (others.length === 0) return;
    const found = `${others.length} of ${names.length} looked-at keys do not begin with "${prefix}:"`;
    examination.found('REDIS_SHARED', `${server.address}: ${found}, such as ${JSON.stringify(others[0])}.`);
  });
}
