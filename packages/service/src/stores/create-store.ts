import { SessionsError } from '../domain/errors.ts';
import type { SessionStore } from '../domain/store.ts';
import { type StoreOptions, schemeOf } from './shared/store-url.ts';

type Scheme = (url: string, options: StoreOptions) => Promise<SessionStore>;

/** Each store loads its client library only when it is used. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  memory: async (url) => {
    const [{ MemoryStore }, { memoryStoreConfig }] = await Promise.all([
      import('./memory/store.ts'),
      import('./memory/config.ts'),
    ]);
    return new MemoryStore(memoryStoreConfig(url));
  },
  sqlite: async (url, { clock, report }) => {
    const [{ SqliteStore }, { sqliteStoreConfig }] = await Promise.all([
      import('./sqlite/store.ts'),
      import('./sqlite/config.ts'),
    ]);
    return new SqliteStore(sqliteStoreConfig(url), clock, report);
  },
  postgres,
  postgresql: postgres,
  redis,
  rediss: redis,
};

async function redis(url: string, options: StoreOptions): Promise<SessionStore> {
  const [{ RedisStore }, { redisStoreConfig }] = await Promise.all([
    import('./redis/store.ts'),
    import('./redis/config.ts'),
  ]);
  return new RedisStore(redisStoreConfig(url, options), options.clock, warnOnce(options));
}

async function postgres(url: string, options: StoreOptions): Promise<SessionStore> {
  const [{ PostgresStore }, { postgresStoreConfig }] = await Promise.all([
    import('./postgres/store.ts'),
    import('./postgres/config.ts'),
  ]);
  return new PostgresStore(postgresStoreConfig(url), options.clock, warnOnce(options), options.report);
}

const UNBELIEVED = [
  "The channel of the store's feed carried messages that no node of this version has sent.",
  'They were ignored, but each second with such a message empties the cache of this node.',
  'Find the program that sends them, or upgrade the nodes that run another version.',
].join(' ');

/** Warns once about foreign messages on the feed's channel: a warning for each could fill the log. */
function warnOnce({ warn }: StoreOptions): () => void {
  let isSaid = false;
  return () => {
    if (isSaid) return;
    isSaid = true;
    warn?.(UNBELIEVED);
  };
}

/**
 * Creates the store that a URL names. Rejects with `INVALID_CONFIG`; the message contains no password of the URL.
 *
 * ```ts
 * const store = await createStore('sqlite:data/sessions.db');
 * await store.open();
 * ```
 */
export async function createStore(url: string, options: StoreOptions = { retention_ms: null }): Promise<SessionStore> {
  const scheme = schemeOf(url);
  const create = SCHEMES[scheme];
  if (create) return create(url, options);
  const known = Object.keys(SCHEMES).map((known) => `"${known}:"`);
  // The URL is not quoted: an unknown URL may have its password anywhere.
  throw new SessionsError('INVALID_CONFIG', `The store URL starts with "${scheme}:"; allowed: ${known.join(', ')}.`);
}
