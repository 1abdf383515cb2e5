import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RedisServer } from '../../../../../testing/servers/redis-server.ts';
import { missingRedis } from '../../../../../testing/stores/missing.ts';
import { withConnections } from '../../../../../testing/stores/redis-commands.ts';
import { newSessionId } from '../../domain/ids.ts';
import { NOW, session } from '../conformance/fixtures.ts';
import { isCaughtUp, ownSession, ReceivedChanges, withStore } from './fixtures/nodes.ts';

const PAGE = { skip: 0, take: 1000, total: true };

describe('redis store', { skip: missingRedis() ?? false }, () => {
  let server: RedisServer;
  let prefixes = 0;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.remove());

  /** The URL of an empty store. */
  const newUrl = (parameters = '') => {
    prefixes += 1;
    return `${server.url}?prefix=t${prefixes}${parameters}`;
  };

  const command = (...words: string[]) => withConnections([server], async ([send]) => send?.(...words));

  for (const shards of [1, 16, 256]) {
    test(`redis: pages merge the sessions of ${shards} shards in one order`, async () => {
      await withStore(newUrl(`&shards=${shards}`), async (store) => {
        const sessions = Array.from({ length: 300 }, (_, n) => {
          const time = NOW - Math.floor(n / 7);
          const id = n % 10 === 0 ? `imported ${n}` : newSessionId(`user ${n}`);
          return session(id, { user_id: `user ${n}`, open_time: time, request_time: time });
        });
        await Promise.all(sessions.map((one) => store.insert(one, null, NOW)));
        const expected = sessions
          .toSorted((a, b) => b.open_time - a.open_time || (a.id < b.id ? -1 : 1))
          .map(({ id }) => id);
        const listed: string[] = [];
        for (let skip = 0; skip < 300; skip += 70) {
          const { sessions: found, total } = await store.list({}, { ...PAGE, skip, take: 70 }, NOW);
          assert.equal(total, 300);
          listed.push(...found.map(({ id }) => id));
        }
        assert.deepEqual(listed, expected);
        const scanned: string[] = [];
        let next: Awaited<ReturnType<typeof store.scan>>['next'] = null;
        do {
          const page = await store.scan({}, next, 37, NOW);
          scanned.push(...page.sessions.map(({ id }) => id));
          next = page.next;
        } while (next);
        assert.deepEqual(scanned, expected);
      });
    });
  }

  test('redis: lists and limits of a user include imported sessions', async () => {
    await withStore(newUrl(), async (store) => {
      await store.insert(session('imported', { user_id: 'u', open_time: NOW - 2 }), null, NOW);
      await store.insert(ownSession('u', { open_time: NOW - 1 }), null, NOW);
      assert.equal((await store.list({ user_id: 'u' }, PAGE, NOW)).total, 2);
      const limit = { max: 2, policy: 'evict_oldest' } as const;
      const evicted = await store.insert(ownSession('u'), limit, NOW);
      assert.deepEqual(
        evicted.map(({ id, close_reason }) => [id, close_reason]),
        [['imported', 'evicted']],
      );
      assert.equal(await store.count({ user_id: 'u', active: true }, NOW), 2);
      const denied = store.insert(session('other', { user_id: 'u' }), { max: 2, policy: 'deny' }, NOW);
      await assert.rejects(denied, { code: 'SESSION_LIMIT' });
    });
  });

  test('redis: a list contains a live session that is touched during the list', async () => {
    await withStore(newUrl(), async (store) => {
      for (let n = 0; n < 20; n += 1) {
        const user_id = `u${n}`;
        const live = ownSession(user_id, { open_time: NOW - 1, request_time: NOW - 1 });
        const ended = Array.from({ length: 40 }, () => ownSession(user_id));
        await Promise.all([live, ...ended].map((one) => store.insert(one, null, NOW)));
        await Promise.all(ended.map(({ id }) => store.update(id, { type: 'close', reason: 'closed' }, NOW)));
        // The list looks at the ended sessions first; meanwhile the live one moves before them.
        const [{ sessions }] = await Promise.all([
          store.list({ user_id, active: true }, { ...PAGE, take: 10 }, NOW),
          store.update(live.id, { type: 'touch', touch_window_ms: 0 }, NOW + 1),
        ]);
        assert.deepEqual(
          sessions.map(({ id }) => id),
          [live.id],
        );
      }
    });
  });

  test('redis: an id with the prefix of another user is rejected', async () => {
    await withStore(newUrl(), async (store) => {
      const wrong = session(newSessionId('somebody'), { user_id: 'somebody else' });
      await assert.rejects(store.insert(wrong, null, NOW), { code: 'INVALID_DATA' });
      assert.equal(await store.find(wrong.id), null);
    });
  });

  test('redis: a store with another number of shards is not opened', async () => {
    const url = newUrl();
    await withStore(`${url}&shards=1`, async (store) => store.ping());
    const other = withStore(`${url}&shards=256`, async (store) => store.ping());
    await assert.rejects(other, { code: 'STORE_UNUSABLE', message: /"shards=1"/ });
    await withStore(`${url}&shards=1`, async (store) => store.ping());
  });

  test('redis: a server that evicts data when it is full is rejected', async () => {
    await command('CONFIG', 'SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru');
    try {
      const opened = withStore(newUrl(), async (store) => store.ping());
      await assert.rejects(opened, { code: 'STORE_UNUSABLE', message: /noeviction/ });
      await command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
      await withStore(newUrl(), async (store) => store.ping());
    } finally {
      await command('CONFIG', 'SET', 'maxmemory', '0');
    }
  });

  test('redis: a full server rejects sessions with the reason, until it has memory', async () => {
    await withStore(newUrl(), async (store) => {
      await command('CONFIG', 'SET', 'maxmemory', '1');
      const refused = store.insert(ownSession('u'), null, NOW);
      await assert.rejects(refused, { code: 'STORE_UNAVAILABLE', message: /maxmemory/ });
      await command('CONFIG', 'SET', 'maxmemory', '0');
      await store.insert(ownSession('u'), null, NOW);
      assert.equal(await store.count({}, NOW), 1);
    });
  });

  test('[B-12] redis: calls above the limit fail at once, and the others succeed', async () => {
    await withStore(
      newUrl(),
      async (store) => {
        const calls = Array.from({ length: 30 }, () => store.find('a'));
        const results = await Promise.allSettled(calls);
        assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 10);
        assert.equal(await store.find('a'), null);
      },
      { calls_max: 10 },
    );
  });

  test('redis: close finishes the accepted writes and rejects later ones', async () => {
    const url = newUrl();
    await withStore(url, async (store) => {
      const accepted = Array.from({ length: 500 }, () => store.insert(ownSession('u'), null, NOW));
      const closing = store.close();
      await assert.rejects(store.insert(ownSession('u'), null, NOW), { code: 'STORE_UNAVAILABLE' });
      await Promise.all([...accepted, closing, store.close()]);
    });
    await withStore(url, async (store) => assert.equal(await store.count({}, NOW), 500));
  });

  test('redis: scripts that the server drops under load are sent again without an error', async () => {
    await withStore(newUrl(), async (store) => {
      const sessions = Array.from({ length: 200 }, (_, n) => ownSession(`user ${n}`));
      const work = sessions.map(async (one, n) => {
        if (n % 10 === 0) await command('SCRIPT', 'FLUSH');
        await store.insert(one, { max: 3, policy: 'evict_oldest' }, NOW);
        await store.update(one.id, { type: 'close', reason: 'closed' }, NOW);
        await store.list({ user_id: one.user_id }, PAGE, NOW);
      });
      await Promise.all(work);
      assert.equal(await store.count({ close_reason: 'closed' }, NOW), 200);
    });
  });

  test('redis: a lost last message is detected and published as a gap', async () => {
    const url = newUrl();
    await withStore(url, async (store) => {
      const heard = new ReceivedChanges(store);
      // Simulates that the message with this number was lost.
      await command('INCR', `t${prefixes}:{a}:seq`);
      await heard.gap();
      // After the gap, the feed is complete again.
      await isCaughtUp(store);
      await store.insert(ownSession('u'), null, NOW);
      assert.deepEqual(
        heard.all.map(({ type }) => type),
        ['gap', 'changed'],
      );
    });
  });

  test('redis: a message that cannot be read is published as a gap', async () => {
    const url = newUrl();
    await withStore(url, async (store) => {
      const heard = new ReceivedChanges(store);
      for (const message of ['', '[1,"n","a","?"]']) {
        const gap = heard.gap();
        await command('PUBLISH', `t${prefixes}:changes`, message);
        await gap;
      }
    });
  });

  test('redis: the hourly counts of two days are stored, older ones are deleted', async () => {
    await withStore(newUrl('&shards=1'), async (store) => {
      for (let hour = 0; hour < 60; hour += 1) {
        const time = NOW + hour * 3_600_000;
        await store.insert(ownSession('u', { open_time: time, request_time: time }), null, time);
      }
      assert.equal((await store.hours(0)).length, 48);
    });
  });
});
