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
};

/** The store that a URL names. Rejects with `INVALID_CONFIG`; what it quotes of a URL holds no password. */
export async function createStore(url: string, options: StoreOptions = { retention_ms: null }): Promise<SessionStore> {
  const create = SCHEMES[schemeOf(url)];
  if (create) return create(url, options);
  const known = Object.keys(SCHEMES).map((scheme) => `"${scheme}:"`);
  throw new SessionsError(
    'INVALID_CONFIG',
    `The store URL ${JSON.stringify(withoutPassword(url))} should start with one of ${known.join(', ')}.`,
  );
}

/** Whether many processes may have the store that a URL names at once. */
export function isSharedStore(url: string): boolean {
  return !['memory', 'sqlite'].includes(schemeOf(url));
}

/** For logs and messages. */
export function withoutPassword(url: string): string {
  return url.replace(/(?<=^[a-z]+:\/\/[^/?#]*?:)[^/?#]*(?=@)/, '…').replace(/(?<=[?&]password=)[^&#]*/g, '…');
}

function schemeOf(url: string): string {
  return /^[a-z]+(?=:)/.exec(url)?.[0] ?? '';
}
