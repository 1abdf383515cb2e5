import { setTimeout as delay } from 'node:timers/promises';
import { createCachedSessionsClient } from '@pip-sessions/client';
import { sharedTime } from '../near/figures.ts';

/** The message to the clients: wait until the stream of each client is complete again. */
export interface Return {
  readonly tokens: readonly string[];
}

/** Messages of the clients: all follow the changes; when each client followed again and had validated its token. */
export type FromReturning =
  | { readonly type: 'ready' }
  | { readonly type: 'back'; readonly followed: readonly number[]; readonly validated: readonly number[] };

const LOOK_EVERY_MS = 10;

/** Many cached clients in one process: `<clients> <url>`. */
const [count = '0', url = ''] = process.argv.slice(2);
const clients = Array.from({ length: Number(count) }, () => createCachedSessionsClient({ url }));

async function isFollowing(client: (typeof clients)[number], isWanted: boolean): Promise<number> {
  while (client.cacheStats().fresh !== isWanted) await delay(LOOK_EVERY_MS);
  return sharedTime();
}

async function comeBack({ tokens }: Return): Promise<void> {
  await Promise.all(clients.map((client) => isFollowing(client, false)));
  const validated = clients.map(async (client, n) => {
    for (;;) {
      try {
        if ((await client.read(tokens[n % tokens.length] ?? '')) === null)
          throw new Error('a live session was rejected');
        return sharedTime();
      } catch (error) {
        if ((error as Error).message.startsWith('A live')) throw error;
        await delay(LOOK_EVERY_MS);
      }
    }
  });
  const followed = clients.map((client) => isFollowing(client, true));
  send({ type: 'back', followed: await Promise.all(followed), validated: await Promise.all(validated) });
}

function send(message: FromReturning): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit());
process.on('message', (message: Return) => void comeBack(message));
await Promise.all(clients.map((client) => isFollowing(client, true)));
send({ type: 'ready' });
