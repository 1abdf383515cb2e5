import { ALIASES } from '../../../stores/create-store.ts';
import { schemeOf } from '../../../stores/shared/store-url.ts';
import { sqliteStoreConfig } from '../../../stores/sqlite/config.ts';
import type { ClockSource } from './checks/clock.ts';
import { examineSqliteContent } from './checks/sqlite/content.ts';
import { examineSqliteFiles } from './checks/sqlite/files.ts';
import type { Examination } from './examination.ts';
import type { Probes } from './probes.ts';

interface Around {
  readonly clock: ClockSource;
  readonly probes: Probes;
}

/** Checks the store of a URL. Throws `INVALID_CONFIG` for a URL that is wrong. */
export async function examineStore(examination: Examination, url: string, { clock, probes }: Around): Promise<void> {
  const scheme = schemeOf(url);
  switch (ALIASES[scheme] ?? scheme) {
    case 'sqlite': {
      const config = sqliteStoreConfig(url);
      if (await examineSqliteFiles(examination, config, probes)) await examineSqliteContent(examination, config);
      return;
    }
    case 'redis': {
      const [{ redisStoreConfig }, { examineRedis }] = await Promise.all([
        import('../../../stores/redis/config.ts'),
        import('./checks/redis/redis.ts'),
      ]);
      return examineRedis(examination, redisStoreConfig(url, { retention_ms: null }), clock);
    }
    case 'postgres': {
      const [{ postgresStoreConfig }, { examinePostgres }] = await Promise.all([
        import('../../../stores/postgres/config.ts'),
        import('./checks/postgres/postgres.ts'),
      ]);
      return examinePostgres(examination, postgresStoreConfig(url), clock);
    }
    case 'memory':
      return;
    default:
      examination.cannot('the store', new Error(`There are no checks for a store whose URL begins with "${scheme}:".`));
  }
}
