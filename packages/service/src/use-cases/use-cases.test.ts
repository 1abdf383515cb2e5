import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { MemoryStore } from '../stores/memory/store.ts';
import { sqliteStoreConfig } from '../stores/sqlite/config.ts';
import { SqliteStore } from '../stores/sqlite/store.ts';
import { worldsOf } from './fixtures/worlds.ts';
import { USE_CASES } from './use-cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-use-cases-'));
after(() => rmSync(folder, { recursive: true }));

const stores = {
  memory: () => new MemoryStore({ sessions_max: 1000 }),
  sqlite: (access: string) => new SqliteStore(sqliteStoreConfig(`sqlite:${join(folder, access, 'sessions.db')}`)),
};

for (const access of ['in process', 'http'] as const) {
  for (const [name, newStore] of Object.entries(stores)) {
    describe(`${access}, ${name}`, () => {
      const store = newStore(access);
      const worlds = worldsOf(access, store);
      before(() => store.open());
      after(() => store.close());
      for (const useCase of USE_CASES) {
        if (useCase.over && useCase.over !== access) continue;
        test(`${access}, ${name}: ${useCase.name}`, () => worlds.run(useCase));
      }
    });
  }
}
