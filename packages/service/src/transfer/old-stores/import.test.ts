import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../../domain/session.ts';
import { ManualClock } from '../../domain/time/clock.ts';
import { MemoryStore } from '../../stores/memory/store.ts';
import { unavailable } from '../../stores/shared/unavailable.ts';
import { importedOld } from '../fixtures/old-stores.ts';

const NOW = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const clock = new ManualClock(NOW);
const COOKIE = { originalMaxAge: HOUR_MS, expires: '2020-01-01T00:00:00.000Z', httpOnly: true, path: '/' };

function line(session: object, members: object = {}, key = 'sess:a'): string {
  return `${JSON.stringify({ key, value: JSON.stringify(session), expires_at: NOW + 600_000, ...members })}\n`;
}

async function sessionsIn(store: MemoryStore): Promise<(Session | null)[]> {
  const { sessions } = await store.scan({}, null, 100, NOW);
  return Promise.all(sessions.map(({ id }) => store.find(id)));
}

test('[T-04] an import keeps the remaining lifetime, and the timeout for each activity', async () => {
  const cases: readonly (readonly [cookie: object, expires_at: number | null, timeout: number, left: number])[] = [
    [COOKIE, NOW + 600_000, HOUR_MS, 600_000],
    [COOKIE, null, HOUR_MS, HOUR_MS],
    [{ ...COOKIE, originalMaxAge: null, expires: null }, NOW + DAY_MS / 2, DAY_MS, DAY_MS / 2],
    [{ ...COOKIE, originalMaxAge: null, expires: null }, NOW + 7 * DAY_MS, DAY_MS, DAY_MS],
    [{ ...COOKIE, originalMaxAge: 90 * DAY_MS }, NOW + 80 * DAY_MS, 30 * DAY_MS, 30 * DAY_MS],
    [{ ...COOKIE, originalMaxAge: 90 * DAY_MS }, NOW + 5 * DAY_MS, 30 * DAY_MS, 5 * DAY_MS],
  ];
  for (const [cookie, expires_at, timeout, left] of cases) {
    const store = new MemoryStore({ sessions_max: 10 });
    await importedOld(store, line({ cookie, userId: 'ann' }, { expires_at }), { format: 'connect-redis', clock });
    for (const session of await sessionsIn(store)) {
      assert.equal(session?.idle_timeout_ms, timeout);
      assert.equal((session?.active_until ?? 0) + timeout - NOW, left);
    }
  }
});

test('bad lines are named and counted, and the others are imported', async () => {
  const good = { cookie: COOKIE, userId: 'ann' };
  const cases: readonly (readonly [text: string, says: RegExp])[] = [
    ['secret\n', /^line 2: it is not complete JSON\.$/],
    ['["secret"]\n', /^line 2: it is not an object\.$/],
    [line(good, { value: 'secret' }), /^line 2: it is not complete JSON\.$/],
    [line(good, { value: 5 }), /^line 2: value must be a string that is not empty\.$/],
    [line(good, {}, 'secret:b'), /^line 2: key does not begin with "sess:"; set --prefix\.$/],
    [line(good, { expires_at: 'secret' }), /^line 2: expires_at must be milliseconds since 1970, or null\.$/],
    [line([]), /^line 2: value must be a session, a JSON object\.$/],
    [line({ userId: 'ann' }), /^line 2: value\.cookie must be an object\.$/],
    [line({ cookie: COOKIE, passport: { user: { name: 'secret' } } }), /^line 2: the user .* set --user to the path/],
    [line({ cookie: COOKIE, userId: 'urn:pip-sessions:console:a' }), /^line 2: user_id must not begin with/],
    [line({ cookie: COOKIE, userId: 'urn:pip-sessions:browser-entries:1' }), /^line 2: user_id must be a user/],
    [line({ ...good, large: 'x'.repeat(65_536) }), /^line 2: the session must be at most 65536 bytes/],
  ];
  for (const [text, says] of cases) {
    const said: string[] = [];
    const options = { format: 'connect-redis', clock, report: (message: string) => said.push(message) } as const;
    const file = `${line(good)}${text}${line({ cookie: COOKIE }, {}, 'sess:c')}`;
    const result = await importedOld(new MemoryStore({ sessions_max: 10 }), file, options);
    assert.deepEqual([result.users, result.visitors, result.bad, result.stopped], [1, 1, 1, null]);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', says);
    assert.doesNotMatch(said[0] ?? '', /secret"/);
  }
});

test('at most 20 bad lines are named, all are counted', async () => {
  const said: string[] = [];
  const options = { format: 'connect-redis', clock, report: (message: string) => said.push(message) } as const;
  const result = await importedOld(new MemoryStore({ sessions_max: 10 }), 'bad\n'.repeat(50), options);
  assert.deepEqual([result.bad, said.length], [50, 20]);
});

test('[T-04] expired sessions are counted and not imported', async () => {
  const store = new MemoryStore({ sessions_max: 10 });
  const text = line({ cookie: COOKIE, userId: 'ann' }, { expires_at: NOW });
  const result = await importedOld(store, text, { format: 'connect-redis', clock });
  assert.deepEqual([result.expired, await store.count({}, NOW)], [1, 0]);
});

test('the path of --user names the user; without a user there, it is a visitor', async () => {
  const store = new MemoryStore({ sessions_max: 10 });
  const lines = [
    line({ cookie: COOKIE, account: { id: 7 } }),
    line({ cookie: COOKIE, userId: 'ann' }, {}, 'sess:b'),
    line({ cookie: COOKIE, account: null }, {}, 'sess:c'),
  ];
  const convert = { user_path: ['account', 'id'] };
  const result = await importedOld(store, lines.join(''), { format: 'connect-redis', clock, convert });
  assert.deepEqual([result.users, result.visitors], [1, 2]);
  assert.equal(await store.count({ user_id: '7' }, NOW), 1);
});

test('a time without its zone is rejected, and one of PostgreSQL or MongoDB is read', async () => {
  const sess = { cookie: COOKIE, userId: 'ann' };
  const expire = async (text: string) => {
    const file = JSON.stringify({ sid: 'a', sess, expire: text });
    const store = new MemoryStore({ sessions_max: 10 });
    const { users } = await importedOld(store, file, { format: 'connect-pg-simple', clock });
    return users === 1 ? ((await sessionsIn(store))[0]?.active_until ?? 0) + HOUR_MS - NOW : null;
  };
  assert.equal(await expire('2026-01-01T00:10:00'), null);
  assert.equal(await expire('2026-01-01T00:10:00+00:00'), 600_000);
  assert.equal(await expire('2026-01-01 05:40:00.5+05:30'), 600_500);
  assert.equal(await expire('2026-01-01 02:10:00+02'), 600_000);
  const documents = [
    { _id: 'a', expires: { $date: '2026-01-01T00:10:00Z' }, session: JSON.stringify(sess) },
    {
      _id: 'b',
      expires: { $date: { $numberLong: String(NOW + 600_000) } },
      session: { ...sess, userId: { $numberInt: '7' } },
    },
    { _id: 'c', session: { ...sess, cookie: { ...COOKIE, expires: { $date: '2026-01-01T00:10:00Z' } } } },
  ];
  for (const text of [JSON.stringify(documents), documents.map((each) => JSON.stringify(each)).join('\n')]) {
    const store = new MemoryStore({ sessions_max: 10 });
    const { users, bad } = await importedOld(store, text, { format: 'connect-mongo', clock });
    assert.deepEqual([users, bad, await store.count({ user_id: '7' }, NOW)], [3, 0, 1]);
  }
});

test('[T-03] an import does not sign a user in whose browser has signed out since', async () => {
  const store = new MemoryStore({ sessions_max: 10 });
  const options = { format: 'connect-redis', clock } as const;
  await importedOld(store, line({ cookie: COOKIE, userId: 'ann' }), options);
  const [entry] = (await sessionsIn(store)).filter((session) => session?.client === 'express-session');
  const [signIn] = (await sessionsIn(store)).filter((session) => session?.user_id === 'ann');
  assert.ok(entry && signIn);
  await store.update(entry.id, { type: 'close', reason: 'closed' }, NOW);
  // The retention has deleted the session of the user, but not yet the entry.
  await store.remove(signIn.id);
  const result = await importedOld(store, line({ cookie: COOKIE, userId: 'ann' }), options);
  assert.deepEqual([result.there_already, await store.count({ active: true }, NOW)], [1, 0]);
});

test('[T-02] an import that stopped between two inserts is completed by the next one', async () => {
  let inserts = 0;
  class Failing extends MemoryStore {
    override insert(...args: Parameters<MemoryStore['insert']>) {
      inserts += 1;
      return inserts > 1 && inserts < 10 ? Promise.reject(unavailable('it is gone')) : super.insert(...args);
    }
  }
  const store = new Failing({ sessions_max: 10 });
  const text = line({ cookie: COOKIE, userId: 'ann' });
  const first = await importedOld(store, text, { format: 'connect-redis', clock });
  assert.equal(first.stopped?.number, 1);
  assert.match(first.stopped?.problem ?? '', /^line 1 was not imported: The session store is unavailable/);
  const second = await importedOld(store, text, { format: 'connect-redis', clock });
  assert.deepEqual([second.users, second.stopped, await store.count({ active: true }, NOW)], [1, null, 2]);
});

test('progress is reported while the file is read', async () => {
  const text = Array.from({ length: 1_000 }, (_, n) =>
    line({ cookie: COOKIE }, { expires_at: NOW + DAY_MS }, `sess:${n}`),
  );
  let reports = 0;
  await importedOld(new MemoryStore({ sessions_max: 2_000 }), text.join(''), {
    format: 'connect-redis',
    progress: () => {
      reports += 1;
    },
  });
  assert.equal(reports, 2);
});
