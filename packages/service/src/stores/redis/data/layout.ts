import { SessionsError } from '../../../domain/errors.ts';
import { randomText } from '../../../domain/ids.ts';
import { FEED_KEY_BYTES } from '../../shared/feed/cipher.ts';
import type { RedisStoreConfig } from '../config.ts';
import type { ShardRouter } from '../topology/shard-router.ts';
import type { Keys } from './keys.ts';

/** Of keys, values and scripts; a version of the service that changes them counts on. */
const LAYOUT = 1;

/** Writes down how the data is laid out, at the first start. Rejects with `STORE_UNUSABLE` where it is laid out otherwise. */
export async function claimLayout(
  engine: ShardRouter,
  keys: Keys,
  { shards, prefix }: RedisStoreConfig,
): Promise<void> {
  await engine.send(keys.commonShard, ['SET', keys.layout, `${LAYOUT} ${shards}`, 'NX']);
  const text = await engine.send<string | null>(keys.commonShard, ['GET', keys.layout]);
  const [layout, count] = (text ?? '').split(' ');
  if (layout !== String(LAYOUT)) {
    throw unusable(`Another version of the service has written what is there under "${prefix}"; start that one.`);
  }
  if (count !== String(shards)) {
    throw unusable(
      `The sessions under "${prefix}" are in ${count} shards, not in ${shards}. Write "shards=${count}" into the store URL, or another "prefix".`,
    );
  }
}

/** The key of the feed's messages, which the first node makes. */
export async function claimFeedKey(engine: ShardRouter, keys: Keys): Promise<Buffer> {
  await engine.send(keys.commonShard, ['SET', keys.feedKey, randomText(FEED_KEY_BYTES), 'NX']);
  const text = await engine.send<string | null>(keys.commonShard, ['GET', keys.feedKey]);
  const key = Buffer.from(text ?? '', 'base64url');
  if (key.length !== FEED_KEY_BYTES) {
    throw unusable(
      `The value of "${keys.feedKey}" is no key of ${FEED_KEY_BYTES} bytes; delete it, and restart all nodes.`,
    );
  }
  return key;
}

/** Rejects with `STORE_UNUSABLE` for a server that would throw away sessions when its memory is full. */
export async function assertKeepsAll(engine: ShardRouter): Promise<void> {
  // A server that may not be asked is trusted.
  const texts = await engine.askAll<string>(['INFO', 'memory']).catch(() => []);
  for (const text of texts) {
    const policy = /^maxmemory_policy:(\S+)/m.exec(text)?.[1] ?? 'noeviction';
    const bytes = Number(/^maxmemory:(\d+)/m.exec(text)?.[1] ?? 0);
    if (bytes > 0 && policy !== 'noeviction') {
      throw unusable(
        `The Redis server throws sessions away when its memory is full: "maxmemory-policy" is ${policy}. Set it to noeviction.`,
      );
    }
  }
}

function unusable(message: string): SessionsError {
  return new SessionsError('STORE_UNUSABLE', message);
}
