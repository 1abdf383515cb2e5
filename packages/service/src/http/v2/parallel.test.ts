import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEveryStore } from '../../../../../testing/stores/stores.ts';
import { startV2 } from './fixtures/start.ts';

onEveryStore((stores) => {
  test(`[U-13] ${stores.name}: 200 parallel rotations of a token return one successor`, async (t) => {
    const { open, validate, rotate } = await startV2(t, { store: await stores.empty() });
    const { token } = await open();
    const replies = await Promise.all(Array.from({ length: 200 }, () => rotate(token)));
    assert.equal(new Set(replies.map(({ body }) => body.token)).size, 1);
    assert.ok(replies.every(({ status }) => status === 200));
    assert.equal((await validate(token)).active, true);
    assert.equal((await validate(replies[0]?.body.token)).active, true);
    assert.equal(replies.at(-1)?.body.session.revision, 2);
  });

  test(`[U-12] ${stores.name}: 500 parallel opens with limit 5 show at most 5 live`, async (t) => {
    const { open, send } = await startV2(t, {
      store: await stores.empty(),
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
});
