import { RedisServer } from '../../servers/redis-server.ts';
import type { Home, Kind } from '../kind.ts';
import { missingRedis } from '../missing.ts';
import { homeOn } from '../redis-home.ts';

export const KIND: Kind = {
  name: 'redis',
  isShared: true,
  missing: missingRedis(),
  speed: 0.2,
  start,
};

async function start(): Promise<Home> {
  const server = await RedisServer.start();
  return homeOn([server], server.url, () => server.remove());
}
