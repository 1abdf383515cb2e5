import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { RedisServer } from '../../../../../../testing/servers/redis-server.ts';
import { missingRedis } from '../../../../../../testing/stores/missing.ts';
import { type Command, withConnections } from '../../../../../../testing/stores/redis-commands.ts';
import { isOwnId, newSessionId, userPrefix } from '../../../domain/ids.ts';
import { asJsonText } from '../../../domain/json.ts';
import { deadline, type Session } from '../../../domain/session.ts';
import { NOW, session } from '../../conformance/fixtures.ts';
import { ownSession, withStore } from '../fixtures/nodes.ts';
import type { RedisStore } from '../store.ts';
import { fromText } from './session-codec.ts';

const DAY_MS = 86_400_000;
const PAGE = { skip: 0, take: 100, total: true };

/** Sessions of two users; the third one of each user is imported. */
const IDS = ['x', 'y'].flatMap((user) => [newSessionId(user), newSessionId(user), `imported by ${user}`]);
const userOf = (id: string) => ((isOwnId(id) ? id.startsWith(userPrefix('x')) : id.endsWith('x')) ? 'x' : 'y');

const id = fc.constantFrom(...IDS);
const step = fc.oneof(
  fc.record({
    do: fc.constant('insert' as const),
    id,
    max: fc.constantFrom(0, 1, 2),
    idle: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({ do: fc.constant('replace' as const), id }),
  fc.record({ do: fc.constant('touch' as const), id }),
  fc.record({ do: fc.constant('close' as const), id }),
  fc.record({ do: fc.constant('remove' as const), id }),
  fc.record({ do: fc.constant('expire' as const) }),
  fc.record({ do: fc.constant('purge' as const) }),
  fc.record({ do: fc.constant('close all' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 30 }) }),
  // The server does this by itself when a key expires.
  fc.record({ do: fc.constant('vanish' as const), id }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function follow(store: RedisStore, command: Command, steps: readonly Step[]): Promise<void> {
  let now = NOW;
  for (const next of steps) {
    switch (next.do) {
      case 'insert': {
        const members = { user_id: userOf(next.id), open_time: now, request_time: now, idle_timeout_ms: next.idle };
        const limit = next.max === 0 ? null : ({ max: next.max, policy: 'evict_oldest' } as const);
        await store.insert(session(next.id, members), limit, now).catch(() => {});
        break;
      }
      case 'replace':
        await store.update(next.id, { type: 'replace', member: 'data', value: asJsonText(String(now)) }, now);
        break;
      case 'touch':
        await store.update(next.id, { type: 'touch', touch_window_ms: 5 }, now);
        break;
      case 'close':
        await store.update(next.id, { type: 'close', reason: 'closed' }, now);
        break;
      case 'remove':
        await store.remove(next.id);
        break;
      case 'expire':
        await store.expire(now, 100);
        break;
      case 'purge':
        await store.purge(now, 100);
        break;
      case 'close all':
        await store.closeMatching({ filter: {}, except: [], reason: 'revoked', limit: 2, dry_run: false }, now);
        break;
      case 'wait':
        now += next.ms;
        break;
      case 'vanish':
        for (const key of await keysLike(command, `*:s:${next.id}`)) await command('DEL', key);
        await sweptAndRead(store, now + DAY_MS * 365);
    }
  }
}

/** Runs everything that removes index entries of sessions that have vanished. */
async function sweptAndRead(store: RedisStore, now: number): Promise<void> {
  await store.expire(now, 1_000);
  await store.purge(now, 1_000);
  await store.list({}, PAGE, now);
  for (const user_id of ['x', 'y']) await store.list({ user_id }, PAGE, now);
}

async function keysLike(command: Command, pattern: string): Promise<string[]> {
  return (await command('KEYS', pattern)) as string[];
}

/** Each index with its entries, as stored. */
async function indexes(command: Command): Promise<Record<string, Record<string, number>>> {
  const all: Record<string, Record<string, number>> = {};
  for (const key of await keysLike(command, '*')) {
    if ((await command('TYPE', key)) !== 'zset') continue;
    const entries = (await command('ZRANGE', key, '0', '-1', 'WITHSCORES')) as string[];
    const scores: Record<string, number> = {};
    for (let n = 0; n < entries.length; n += 2) scores[entries[n] ?? ''] = Number(entries[n + 1]);
    all[key] = scores;
  }
  return all;
}

/** Each index with its entries, as computed from the sessions. */
async function expected(command: Command): Promise<Record<string, Record<string, number>>> {
  const all: Record<string, Record<string, number>> = {};
  for (const key of await keysLike(command, '*:s:*')) {
    const [, base = '', own = ''] = /^(.*):s:(.*)$/s.exec(key) ?? [];
    const { session } = fromText(own, String(await command('GET', key)));
    for (const [index, score] of places(session)) {
      const names =
        index === 'ended' ? [`${base}:ended`] : [`${base}:${index}`, `${base}:u:${index}:${session.user_id}`];
      for (const name of names) all[name] = { ...all[name], [own]: score };
    }
  }
  return all;
}

function places(one: Session): [string, number][] {
  const { open_time, request_time, close_time } = one;
  const end: [string, number] = close_time === null ? ['due', deadline(one)] : ['ended', close_time];
  return [['opened', 0 - open_time], ['active', 0 - request_time], end];
}

describe('redis indexes', { skip: missingRedis() ?? false }, () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.remove());

  const onServer = <T>(work: (command: Command) => Promise<T>) =>
    withConnections([server], async ([command]) => {
      assert.ok(command);
      await command('FLUSHALL');
      return work(command);
    });

  test('redis: after any sequence of changes, the indexes agree with the sessions', async () => {
    await onServer((command) =>
      withStore(server.url, async (store) => {
        const property = fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
          for (const one of IDS) await store.remove(one);
          await follow(store, command, steps);
          assert.deepEqual(await indexes(command), await expected(command));
        });
        await fc.assert(property, { numRuns: 100 });
      }),
    );
  });

  test('redis: a scan lists a session that was opened again at its own place only', async () => {
    await onServer((command) =>
      withStore(server.url, async (store) => {
        const reopened = ownSession('x', { open_time: NOW - 1_000, request_time: NOW - 1_000 });
        await store.insert(reopened, null, NOW);
        assert.equal((await store.scan({}, null, 10, NOW)).sessions.length, 1);
        // A scan that has read the index before the removal has the place of the removed session.
        for (const key of await keysLike(command, '*:opened*'))
          await command('ZADD', key, String(0 - NOW), reopened.id);
        assert.deepEqual((await store.scan({}, null, 10, NOW)).sessions, []);
      }),
    );
  });

  test('redis: unswept sessions expire by TTL and leave no index entries', async () => {
    const retention_ms = 5 * DAY_MS;
    await onServer((command) =>
      withStore(
        server.url,
        async (store) => {
          const open = ownSession('x', { idle_timeout_ms: DAY_MS });
          const closed = session('imported by y', { user_id: 'y' });
          await store.insert(open, null, NOW);
          await store.insert(closed, null, NOW);
          await store.update(closed.id, { type: 'close', reason: 'closed' }, NOW);
          const ttls = await Promise.all(
            (await keysLike(command, '*')).map(async (key) => [key, Number(await command('PTTL', key))] as const),
          );
          for (const [key, ttl] of ttls) {
            const days = Math.round(ttl / DAY_MS);
            if (key.includes(':s:')) assert.equal(days, key.includes('imported') ? 6 : 7, key);
            else if (key.includes(':u:')) assert.equal(days, key.endsWith('y') ? 7 : 8, key);
            else assert.equal(ttl, -1, key);
          }
          for (const key of await keysLike(command, '*:s:*')) await command('DEL', key);
          await sweptAndRead(store, NOW + 30 * DAY_MS);
          assert.deepEqual(await indexes(command), {});
        },
        { retention_ms },
      ),
    );
  });

  test('redis: activity extends the TTL of a session and of its user’s index', async () => {
    await onServer((command) =>
      withStore(
        server.url,
        async (store) => {
          const one = ownSession('x', { idle_timeout_ms: DAY_MS });
          await store.insert(one, null, NOW);
          const late = NOW + DAY_MS - 1;
          for (const key of await keysLike(command, '*:?:*')) await command('PEXPIRE', key, '5000');
          await store.update(one.id, { type: 'touch', touch_window_ms: 0 }, late);
          for (const key of [...(await keysLike(command, '*:s:*')), ...(await keysLike(command, '*:u:*'))]) {
            assert.ok(Number(await command('PTTL', key)) > 2 * DAY_MS - 60_000, key);
          }
        },
        { retention_ms: 0 },
      ),
    );
  });
});
