import { SessionsError } from '../domain/errors.ts';
import type { SessionStore } from '../domain/store.ts';

/** The store that a URL names; its library is loaded only here. Rejects with `INVALID_CONFIG`. */
export async function createStore(url: string): Promise<SessionStore> {
  const scheme = /^[a-z]+(?=:)/.exec(url)?.[0];
  switch (scheme) {
    case 'memory': {
      const [{ MemoryStore }, { memoryStoreConfig }] = await Promise.all([
        import('./memory/store.ts'),
        import('./memory/config.ts'),
      ]);
      return new MemoryStore(memoryStoreConfig(url));
    }
    case 'sqlite': {
      const [{ SqliteStore }, { sqliteStoreConfig }] = await Promise.all([
        import('./sqlite/store.ts'),
        import('./sqlite/config.ts'),
      ]);
      return new SqliteStore(sqliteStoreConfig(url));
    }
    default:
      throw new SessionsError(
        'INVALID_CONFIG',
        `The store URL ${JSON.stringify(url)} should start with "memory:" or "sqlite:".`,
      );
  }
}
