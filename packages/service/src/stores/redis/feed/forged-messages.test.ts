import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createClient } from '@redis/client';
import { RedisServer } from '../../../../../../testing/servers/redis-server.ts';
import { missingRedis } from '../../../../../../testing/stores/missing.ts';
import { connectTo } from '../../../../../../testing/stores/redis-commands.ts';
import { Sessions } from '../../../domain/sessions.ts';
import { ManualClock } from '../../../domain/time/clock.ts';
import { elapsedTime } from '../../../domain/time/elapsed-time.ts';
import { NearSessions } from '../../../near-sessions/near-sessions.ts';
import { NOW } from '../../conformance/fixtures.ts';
import { watermarkReached } from '../../conformance/told.ts';
import { createStore } from '../../create-store.ts';
import { isCaughtUp, ownSession, ReceivedChanges, withStore } from '../fixtures/nodes.ts';

const CHANGES = 'ps:changes';
/** A message that never arrives fails its test after this time. */
const BOUND = { timeout: 30_000 };

describe('redis forged messages', { skip: missingRedis() ?? false }, () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start({
      settings: { user: 'stranger on >pw resetkeys allchannels -@all +subscribe +publish +ping' },
    });
  });
  after(() => server.remove());

  /** Runs work as a user who may subscribe and publish but do nothing else. */
  const asStranger = async <T>(work: (stranger: Stranger) => Promise<T>): Promise<T> => {
    const url = server.url.replace('//', '//stranger:pw@');
    const { commands, close } = await connectTo([{ url }]);
    const subscriber = createClient({ url, RESP: 2 });
    await subscriber.connect();
    const heard: string[] = [];
    await subscriber.subscribe(CHANGES, (message) => heard.push(message));
    const command = (...words: string[]) => commands[0]?.(...words) ?? Promise.reject(new Error('no connection'));
    try {
      return await work({ heard, command, publish: (message) => command('PUBLISH', CHANGES, message) });
    } finally {
      close();
      subscriber.destroy();
    }
  };

  test('[M-06] redis: a user with SUBSCRIBE and PUBLISH learns no id and no user', async () => {
    await withStore(server.url, (store) =>
      asStranger(async ({ heard, command }) => {
        await assert.rejects(command('GET', 'ps:{x}:feed-key'), /NOPERM/);
        const one = ownSession('a-user-to-look-for');
        await store.insert(one, null, NOW);
        await store.update(one.id, { type: 'close', reason: 'revoked' }, NOW);
        await isCaughtUp(store);
        await command('PING');
        assert.equal(heard.length, 2);
        for (const message of heard) {
          const sealed = message.split(' ')[2] ?? '';
          const bytes = [0, 1, 2, 3].map((from) => Buffer.from(sealed.slice(from), 'base64').toString('latin1'));
          for (const text of [message, ...bytes]) assert.ok(!/look-for|revoked/.test(text) && !text.includes(one.id));
        }
      }),
    );
  });

  test('[M-07] redis: forged messages end no session and extend no cache entry', BOUND, async () => {
    await withStore(server.url, (store) =>
      withStore(server.url, (other) =>
        asStranger(async ({ heard, publish }) => {
          const clock = new ManualClock();
          const near = new NearSessions(store, { sessions_max: 100, bytes_max: 1_000_000 });
          const here = new Sessions(store, clock, {}, () => {}, near);
          const there = new Sessions(other, clock);
          const { session, token } = await there.openWithToken({ user_id: 'u' }, null);
          const ended = await there.open({ user_id: 'u' });
          await there.close(ended.session.id);
          await isCaughtUp(store);
          const copies = [...heard];
          assert.equal(copies.length, 3);
          const received = new ReceivedChanges(store);
          const [number = '', proof = '', sealed = ''] = copies[2]?.split(' ') ?? [];
          const later = String(Number(number) + 1);
          const shard = session.id.slice(0, 1);
          const end = JSON.stringify([session.id, 'u', 9, 'revoked']);
          const forged = [
            `[${later},"node","${shard}",${JSON.stringify(end)}]`,
            `${later} ${proof} ${end}`,
            `${later} ${proof} ${sealed.slice(0, 16)}${Buffer.from(end).toString('base64')}`,
            `${later} ${proof} ${sealed}`,
            `999999999999999 ${proof} ${sealed}`,
            ...copies.map((copy) => `${copy.slice(0, -9)}AAAA${copy.slice(-5)}`),
            ...['', '[]', '1', 'x'.repeat(100_000)],
          ];
          for (const message of [...copies, ...forged]) await publish(message);
          await isCaughtUp(store);
          assert.ok(store.watermark() <= elapsedTime());
          assert.deepEqual(new Set(received.all.map(({ type }) => type)), new Set(['gap']));
          assert.ok(received.all.length <= 3, `${received.all.length} gaps`);
          assert.ok((await here.validate(token)).active);
          await there.close(session.id);
          await isCaughtUp(store);
          assert.equal((await here.validate(token)).active, false);
        }),
      ),
    );
  });

  test('redis: replayed messages from before a node started change nothing', BOUND, async () => {
    await asStranger(async ({ heard, publish }) => {
      await withStore(server.url, async (store) => {
        const one = ownSession('u');
        await store.insert(one, null, NOW);
        await store.update(one.id, { type: 'close', reason: 'revoked' }, NOW);
        await isCaughtUp(store);
      });
      await withStore(server.url, async (late) => {
        const received = new ReceivedChanges(late);
        for (const message of [...heard]) await publish(message);
        await publish('garbage');
        await isCaughtUp(late);
        assert.deepEqual(
          received.all.map(({ type }) => type),
          ['gap'],
        );
      });
    });
  });

  test('redis: any number of forged messages causes one log line', BOUND, async (t) => {
    const warnings: string[] = [];
    const store = await createStore(server.url, { retention_ms: null, warn: (message) => warnings.push(message) });
    await store.open();
    t.after(() => store.close());
    await asStranger(async ({ publish }) => {
      for (let n = 0; n < 100; n += 1) await publish('garbage');
    });
    await watermarkReached(store, elapsedTime());
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /no node of this version/);
  });

  test('redis: after a loss of data, all nodes adopt the feed key of a new node', BOUND, async () => {
    await withStore(server.url, async (store) => {
      await asAdmin(server, 'FLUSHALL');
      await withStore(server.url, async (late) => {
        const [heard, heard_late] = [new ReceivedChanges(store), new ReceivedChanges(late)];
        const isHeard = () => [heard, heard_late].every(({ all }) => all.some(({ type }) => type === 'changed'));
        for (let n = 0; !isHeard(); n += 1) {
          assert.ok(n < 50, 'no change of the other node is published');
          heard.all.length = 0;
          await late.insert(ownSession('u'), null, NOW);
          await Promise.all([isCaughtUp(store), isCaughtUp(late)]);
        }
        const one = ownSession('u');
        await store.insert(one, null, NOW);
        await heard_late.next((change) => change.type === 'changed' && change.id === one.id);
      });
    });
  });
});

interface Stranger {
  readonly heard: readonly string[];
  readonly command: (...words: string[]) => Promise<unknown>;
  readonly publish: (message: string) => Promise<unknown>;
}

async function asAdmin(server: RedisServer, ...words: string[]): Promise<void> {
  const { commands, close } = await connectTo([server]);
  await commands[0]?.(...words);
  close();
}
