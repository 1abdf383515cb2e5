import { SessionsError } from '../../../domain/errors.ts';
import { randomText } from '../../../domain/ids.ts';
import { FEED_KEY_BYTES } from '../../shared/feed/cipher.ts';
import type { RedisStoreConfig } from '../config.ts';
import type { ShardRouter } from '../topology/shard-router.ts';
import type { Keys } from './keys.ts';

/** Version of the data layout (keys, values, scripts). Increase it on every incompatible change. */
export const LAYOUT = 1;

/** The layout of the data, from the value of its key. */
export interface StoredLayout {
  readonly version: number;
  readonly shards: number;
}

/** Reads the value of `Keys.layout`; null if there is no data yet. Numbers that cannot be read are NaN. */
export function layoutFrom(text: string | null): StoredLayout | null {
  if (text === null) return null;
  const [version, shards] = text.split(' ').map(Number);
  return { version: version ?? Number.NaN, shards: shards ?? Number.NaN };
}

/** Stores the layout at the first start. Rejects with `STORE_UNUSABLE` if the data has another layout. */
export async function claimLayout(
  engine: ShardRouter,
  keys: Keys,
  { shards, prefix }: RedisStoreConfig,
): Promise<void> {
  await engine.send(keys.commonShard, ['SET', keys.layout, `${LAYOUT} ${shards}`, 'NX']);
  const text = await engine.send<string | null>(keys.commonShard, ['GET', keys.layout]);
  const found = layoutFrom(text);
  if (found?.version !== LAYOUT) {
    throw unusable(
      `The data under "${prefix}" has the layout of another version of this service; start that version, or use another "prefix".`,
    );
  }
  if (found.shards !== shards) {
    throw unusable(
      `The sessions under "${prefix}" have ${found.shards} shards, not ${shards}. Set "shards=${found.shards}" in the store URL, or use another "prefix".`,
    );
  }
}

/** The key that encrypts the feed's messages. The first node creates it. */
export async function claimFeedKey(engine: ShardRouter, keys: Keys): Promise<Buffer> {
  await engine.send(keys.commonShard, ['SET', keys.feedKey, randomText(FEED_KEY_BYTES), 'NX']);
  const text = await engine.send<string | null>(keys.commonShard, ['GET', keys.feedKey]);
  const key = Buffer.from(text ?? '', 'base64url');
  if (key.length !== FEED_KEY_BYTES) {
    throw unusable(
      `The value of "${keys.feedKey}" is not a key of ${FEED_KEY_BYTES} bytes; delete it, and restart all nodes.`,
    );
  }
  return key;
}

/** Rejects with `STORE_UNUSABLE` if the server would evict sessions when its memory is full. */
export async function assertKeepsAll(engine: ShardRouter): Promise<void> {
  // If the server does not allow the query, it is trusted.
  const texts = await engine.sendToAll<string>(['INFO', 'memory']).catch(() => []);
  for (const text of texts) {
    const policy = /^maxmemory_policy:(\S+)/m.exec(text)?.[1] ?? 'noeviction';
    const bytes = Number(/^maxmemory:(\d+)/m.exec(text)?.[1] ?? 0);
    if (bytes > 0 && policy !== 'noeviction') {
      throw unusable(
        `The Redis server would evict sessions when its memory is full: "maxmemory-policy" is ${policy}. Set it to noeviction.`,
      );
    }
  }
}

function unusable(message: string): SessionsError {
  return new SessionsError('STORE_UNUSABLE', message);
}
