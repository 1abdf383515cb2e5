import { SessionsError } from '../domain/errors.ts';
import type { SessionStore } from '../domain/store.ts';

export interface StoreOptions {
  /** How long sessions are kept after their end, by who sweeps the store; null for ever. */
  readonly retention_ms: number | null;
}

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
  sqlite: async (url) => {
    const [{ SqliteStore }, { sqliteStoreConfig }] = await Promise.all([
      import('./sqlite/store.ts'),
      import('./sqlite/config.ts'),
    ]);
    return new SqliteStore(sqliteStoreConfig(url));
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
  return new RedisStore(redisStoreConfig(url, options));
}

async function postgres(url: string): Promise<SessionStore> {
  const [{ PostgresStore }, { postgresStoreConfig }] = await Promise.all([
    import('./postgres/store.ts'),
    import('./postgres/config.ts'),
  ]);
  return new PostgresStore(postgresStoreConfig(url));
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

/** Whether many processes may have the store that a URL names at once. */
export function isSharedStore(url: string): boolean {
  return !['memory', 'sqlite'].includes(schemeOf(url));
}

/** For logs and messages. Where it is not clear what the password is, it hides more. */
export function withoutPassword(url: string): string {
  // Up to the last @: a password with a slash that was not encoded makes no URL, and is quoted by the error that says so.
  return url.replace(/(?<=^[^:@]*:\/*[^:@]*:).*(?=@)/s, '…').replace(/(?<=[?&][^=&]*pass[^=&]*=)[^&#]*/gi, '…');
}

function schemeOf(url: string): string {
  return /^[a-z]+(?=:)/.exec(url)?.[0] ?? '';
}
