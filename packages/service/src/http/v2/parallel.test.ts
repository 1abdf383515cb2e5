import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { SessionStore } from '../../domain/store.ts';
import { MemoryStore } from '../../stores/memory/store.ts';
import { sqliteStoreConfig } from '../../stores/sqlite/config.ts';
import { SqliteStore } from '../../stores/sqlite/store.ts';
import { startV2 } from './fixtures/start.ts';

const STORES: Readonly<Record<string, (t: TestContext) => Promise<SessionStore>>> = {
  memory: async () => new MemoryStore({ sessions_max: 10_000 }),
  sqlite: async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-parallel-'));
    const store = new SqliteStore(sqliteStoreConfig(`sqlite:${folder}/sessions.db`));
    await store.open();
    t.after(async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    });
    return store;
  },
};

for (const [name, openStore] of Object.entries(STORES)) {
  test(`200 parallel rotations of one token make one successor, and nobody is signed out: ${name}`, async (t) => {
    const { open, validate, rotate } = await startV2(t, { store: await openStore(t) });
    const { token } = await open();
    const replies = await Promise.all(Array.from({ length: 200 }, () => rotate(token)));
    assert.equal(new Set(replies.map(({ body }) => body.token)).size, 1);
    assert.ok(replies.every(({ status }) => status === 200));
    assert.equal((await validate(token)).active, true);
    assert.equal((await validate(replies[0]?.body.token)).active, true);
    assert.equal(replies.at(-1)?.body.session.revision, 2);
  });

  test(`500 parallel opens of one user with a limit of 5: no read ever sees more than 5 live: ${name}`, async (t) => {
    const { open, send } = await startV2(t, {
      store: await openStore(t),
      settings: { limit: { max: 5, policy: 'evict_oldest' } },
    });
    let seen = 0;
    const opens = Array.from({ length: 500 }, async (_, n) => {
      await open();
      if (n % 25 === 0) {
        const { body } = await send('GET /v2/sessions?user_id=u&active=true&total=true');
        seen = Math.max(seen, body.total, body.items.length);
      }
    });
    await Promise.all(opens);
    assert.equal(seen, 5);
  });
}
