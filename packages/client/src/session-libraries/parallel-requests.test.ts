import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sessionsClientOf } from '../../../service/src/api/in-process-client.ts';
import { Sessions } from '../../../service/src/domain/sessions.ts';
import { ManualClock } from '../../../service/src/domain/time/clock.ts';
import { MemoryStore } from '../../../service/src/stores/memory/store.ts';
import type { SessionsClient } from '../index.ts';
import { entryOf } from './entry.ts';
import { LibrarySessions } from './sessions/library-sessions.ts';

const SID = 'sid';
const COOKIE = { originalMaxAge: null, path: '/' };
const MARKER = 'test';

/** The change of a request between its read and its write; null destroys the session. */
const CHANGES: Readonly<Record<string, (session: Record<string, unknown>) => object | null>> = {
  'sign u in': (session) => ({ ...session, userId: 'u' }),
  'sign v in': (session) => ({ ...session, userId: 'v' }),
  'sign out': ({ userId: _, ...session }) => session,
  'fill the cart': (session) => ({ ...session, cart: [1] }),
  'lower maxAge': (session) => ({ ...session, cookie: { ...COOKIE, originalMaxAge: 60_000 } }),
  'end the session': () => null,
};

/** Each call waits for so many turns before and after it. */
function delayed(client: SessionsClient, turns: () => number): SessionsClient {
  return new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      const wait = async () => {
        for (let left = turns(); left > 0; left -= 1) await null;
      };
      if (name === 'all') return method;
      return async (...input: unknown[]) => {
        await wait();
        return Promise.resolve(Reflect.apply(method, target, input)).finally(wait);
      };
    },
  });
}

/** Two processes of one application, whose calls take turns of their own. */
function worldOf(waits: Iterator<number>) {
  const service = sessionsClientOf(new Sessions(new MemoryStore({ sessions_max: 1000 }), new ManualClock()));
  const client = delayed(service, () => waits.next().value);
  return { service, stores: [new LibrarySessions({ client }, MARKER), new LibrarySessions({ client }, MARKER)] };
}

async function request(store: LibrarySessions, change: string): Promise<void> {
  const held = await store.read(SID);
  const session = CHANGES[change]?.({ ...(held?.data ?? { cookie: COOKIE }) });
  if (session) await store.write(SID, { ...session }, () => held);
  else if (session === null) await store.destroy(SID);
}

test('[U-07] each live device belongs to a browser, after parallel requests too', async () => {
  const change = fc.constantFrom(...Object.keys(CHANGES));
  const rounds = fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });
  const turns = fc.infiniteStream(fc.nat({ max: 12 }));
  await fc.assert(
    fc.asyncProperty(rounds, turns, async (all, waits) => {
      const { service, stores } = worldOf(waits);
      for (const round of all) {
        await Promise.all(round.map((each, n) => request(stores[n % 2] as LibrarySessions, each)));
      }
      const read = await stores[0]?.read(SID);
      assert.deepEqual(read?.data, (await stores[1]?.read(SID))?.data);
      const named = new Set<string | undefined>();
      const owners = new Map<string, string>();
      for await (const { id, user_id } of service.all({ active: true })) {
        const session = await service.get(id);
        const entry = session && entryOf(session);
        if (entry) named.add(entry.sign_in?.session_id);
        else owners.set(id, user_id);
      }
      for (const id of owners.keys()) assert.ok(named.has(id), `a session of ${owners.get(id)} belongs to no browser`);
      assert.deepEqual([...owners.values()], [read?.data.userId].filter(Boolean));
    }),
    { numRuns: 200 },
  );
});

test('parallel sign-ins and sign-outs lose no change', async () => {
  const change = fc.constantFrom('sign u in', 'sign v in', 'sign out', 'fill the cart', 'fill the cart');
  const rounds = fc.array(fc.array(change, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 3 });
  const turns = fc.infiniteStream(fc.nat({ max: 12 }));
  await fc.assert(
    fc.asyncProperty(rounds, turns, async (all, waits) => {
      const { stores } = worldOf(waits);
      const kept: string[] = [];
      await stores[0]?.write(SID, { cookie: COOKIE }, () => null);
      for (const round of all) {
        const requests = round.map(async (each, n) => {
          const store = stores[n % 2] as LibrarySessions;
          const held = await store.read(SID);
          const name = `member ${kept.push('') - 1}`;
          kept[Number(name.slice(7))] = name;
          const session = CHANGES[each]?.({ ...held?.data }) ?? {};
          await store.write(SID, { ...session, [name]: true }, () => held);
        });
        await Promise.all(requests);
      }
      const { data } = (await stores[0]?.read(SID)) ?? { data: {} };
      assert.deepEqual(
        Object.keys(data)
          .filter((name) => name.startsWith('member'))
          .toSorted(),
        kept.toSorted(),
      );
    }),
    { numRuns: 200 },
  );
});
