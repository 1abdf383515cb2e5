import { SessionsError } from '../domain/errors.ts';
import type { SessionStore } from '../domain/store.ts';
import { type StoreOptions, schemeOf } from './shared/store-url.ts';

type Scheme = (url: string, options: StoreOptions) => Promise<SessionStore>;

/** Each loads its library only when it is asked for. */
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
  return new RedisStore(redisStoreConfig(url, options), options.clock, unbelieved(options));
}

async function postgres(url: string, options: StoreOptions): Promise<SessionStore> {
  const [{ PostgresStore }, { postgresStoreConfig }] = await Promise.all([
    import('./postgres/store.ts'),
    import('./postgres/config.ts'),
  ]);
  return new PostgresStore(postgresStoreConfig(url), options.clock, unbelieved(options), options.report);
}

const UNBELIEVED = [
  "The channel of the store's feed carried messages that no node of this version has sent.",
  'They were ignored, but each second with one of them empties the cache of this node.',
  'Find what else sends there, or replace the nodes of another version.',
].join(' ');

/** Says once that the feed gets messages of others: whoever sends them could fill the log. */
function unbelieved({ warn }: StoreOptions): () => void {
  let isSaid = false;
  return () => {
    if (isSaid) return;
    isSaid = true;
    warn?.(UNBELIEVED);
  };
}

/** The store that a URL names. Rejects with `INVALID_CONFIG`; what it quotes of a URL holds no password. */
export async function createStore(url: string, options: StoreOptions = { retention_ms: null }): Promise<SessionStore> {
  const scheme = schemeOf(url);
  const create = SCHEMES[scheme];
  if (create) return create(url, options);
  const known = Object.keys(SCHEMES).map((known) => `"${known}:"`);
  // Where a password is in a text that is no URL of a store cannot be known.
  throw new SessionsError(
    'INVALID_CONFIG',
    `The store URL starts with "${scheme}:", and should start with one of ${known.join(', ')}.`,
  );
}
