import { RedisCluster } from '../../servers/redis-cluster.ts';
import type { Home, Kind } from '../kind.ts';
import { missingRedis } from '../missing.ts';
import { homeOn } from '../redis-home.ts';

export const KIND: Kind = {
  name: 'redis cluster',
  isShared: true,
  missing: missingRedis(),
  speed: 0.12,
  start,
};

async function start(): Promise<Home> {
  const cluster = await RedisCluster.start();
  return homeOn(await cluster.masters(), cluster.url, () => cluster.stop());
}
