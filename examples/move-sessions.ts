/** Moves the sessions of express-session from connect-redis to the sessions service, or back. */
import { createSessionsClient, type SessionsClient } from '@pip-sessions/client';
import { PipSessionsStore } from '@pip-sessions/client/express-session';
import { createClient } from '@redis/client';
import { RedisStore } from 'connect-redis';
import type { SessionData, Store } from 'express-session';

// #region move
/** The ids that browsers have, from the keys of connect-redis. */
async function* idsInRedis(redis: RedisClient, prefix: string): AsyncGenerator<string> {
  for await (const keys of redis.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
    for (const key of keys) yield key.slice(prefix.length);
  }
}

/** The ids that browsers have, from the entries of the store in the service. */
async function* idsInService(client: SessionsClient, marker: string): AsyncGenerator<string> {
  for await (const { id } of client.all({ client: marker, active: true })) {
    const entry = await client.get(id);
    if (entry?.active) yield (entry.data as { readonly sid: string }).sid;
  }
}

/** Copies each session under the same id, so that browsers keep their cookies. Returns how many were copied. */
async function move(ids: AsyncIterable<string>, from: Store, to: Store): Promise<number> {
  let count = 0;
  for await (const sid of ids) {
    const session = await new Promise<SessionData | null | undefined>((resolve, reject) => {
      from.get(sid, (error, data) => (error ? reject(error) : resolve(data)));
    });
    if (!session) continue; // it has ended meanwhile
    await new Promise<void>((resolve, reject) => to.set(sid, session, (error) => (error ? reject(error) : resolve())));
    count += 1;
  }
  return count;
}
// #endregion

type RedisClient = ReturnType<typeof connect>;

function connect(url: string) {
  return createClient({ url });
}

// #region run
const redis = connect(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379');
await redis.connect();
const client = createSessionsClient({
  url: process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080',
  key: process.env.SESSIONS_KEY, // of the scope admin
});
const inRedis = new RedisStore({ client: redis });
const inService = new PipSessionsStore({ client, disableTouch: true }); // a copy does not count as activity

const count =
  process.argv[2] === 'back'
    ? await move(idsInService(client, 'express-session'), inService, inRedis)
    : await move(idsInRedis(redis, 'sess:'), inRedis, inService);
console.log('sessions moved:', count);
redis.destroy();
// #endregion
