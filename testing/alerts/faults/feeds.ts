import { type Command, connectTo } from '../../stores/redis-commands.ts';
import { until } from '../../until.ts';
import type { Fault } from '../fault.ts';
import type { Installation } from '../installation.ts';

const INTERRUPTIONS = 3;

const LATE: Fault = {
  name: 'the account at Redis loses the right to subscribe',
  causes: ['SessionsFeedLag'],
  prepare: async (installation) => {
    const command = await redisWithNode(installation);
    return {
      begin: async () => {
        await command('ACL', 'SETUSER', 'default', '-subscribe');
        await command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      },
      end: async () => void (await command('ACL', 'SETUSER', 'default', '+subscribe')),
    };
  },
};

const INTERRUPTED: Fault = {
  name: `the subscription at Redis is cut ${INTERRUPTIONS} times`,
  causes: ['SessionsFeedGaps'],
  prepare: async (installation) => {
    const command = await redisWithNode(installation);
    return {
      begin: async () => {
        for (let count = 0; count < INTERRUPTIONS; count += 1) {
          await until(async () => (await command('CLIENT', 'KILL', 'TYPE', 'pubsub')) === 1);
        }
      },
      end: () => {},
    };
  },
};

async function redisWithNode(installation: Installation): Promise<Command> {
  const redis = await installation.redis();
  await installation.node(redis.url);
  const { commands, close } = await connectTo([redis]);
  installation.defer(close);
  return (...words) => {
    const [command] = commands;
    if (!command) throw new Error('Redis has no connection.');
    return command(...words);
  };
}

export const FEED_FAULTS: readonly Fault[] = [LATE, INTERRUPTED];
