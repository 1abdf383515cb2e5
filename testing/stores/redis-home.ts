import type { RedisServer } from '../servers/redis-server.ts';
import type { Home } from './kind.ts';
import { connectTo } from './redis-commands.ts';

/** Empties the masters before each store. */
export async function homeOn(masters: readonly RedisServer[], url: string, stop: () => Promise<void>): Promise<Home> {
  const { commands, close } = await connectTo(masters);
  return {
    empty: async () => {
      await Promise.all(commands.map((command) => command('FLUSHALL')));
      return url;
    },
    stop: async () => {
      close();
      await stop();
    },
  };
}
