import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionsError } from '../domain/errors.ts';
import { open, type Session } from '../domain/session.ts';
import { MemoryStore } from '../stores/memory/store.ts';
import { unavailable } from '../stores/shared/unavailable.ts';
import { exported, imported } from './fixtures/transfer.ts';
import { HEADER } from './header.ts';
import { storedSessionText } from './session-json.ts';

const NOW = Date.UTC(2026, 0, 1);

function session(id: string, members: Partial<Session> = {}): Session {
  const texts = { user_id: 'u', user_name: null, address: null, client: null, user: null, data: null };
  return { ...open(id, { ...texts, idle_timeout_ms: 3_600_000, expire_time: null }, NOW), ...members };
}

/** A file of sessions with the ids 2, 3, 4, …; the id is the number of the line. */
function file(count: number, change: (line: string, number: number) => string = (line) => line): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const number = index + 2;
    return `${change(storedSessionText(session(String(number))), number)}\n`;
  });
  return `${HEADER}\n${lines.join('')}`;
}

/** A store that calls a function of the test before each insert. */
class HookedStore extends MemoryStore {
  readonly #before: (session: Session) => Promise<void> | void;

  constructor(before: (session: Session) => Promise<void> | void) {
    super({ sessions_max: 10_000 });
    this.#before = before;
  }

  override async insert(...args: Parameters<MemoryStore['insert']>): Promise<readonly Session[]> {
    await this.#before(args[0]);
    return super.insert(...args);
  }
}

const store = () => new HookedStore(() => {});

test('a second import of a file adds nothing and does not overwrite later changes', async () => {
  const target = store();
  const text = file(300);
  assert.deepEqual(await imported(target, text), { imported: 300, there_already: 0, left_out: [], stopped: null });
  await target.update('5', { type: 'close', reason: 'revoked' }, NOW);
  const before = await exported(target);
  assert.deepEqual(await imported(target, text), { imported: 0, there_already: 300, left_out: [], stopped: null });
  assert.equal(await exported(target), before);
});

test('a bad line stops the import after all earlier lines; a fixed file continues it', async () => {
  const target = store();
  const bad = file(1500, (line, number) => (number === 1200 ? line.replace('"user_id":"u"', '"user_id":7') : line));
  const { stopped, ...counts } = await imported(target, bad);
  assert.deepEqual(stopped, { number: 1200, problem: 'line 1200: user_id must be a string.' });
  assert.deepEqual(counts, { imported: 1198, there_already: 0, left_out: [] });
  assert.equal(await target.count({}, NOW), 1198);
  const rest = await imported(target, file(1500), { read: { from: 1200 } });
  assert.deepEqual(rest, { imported: 302, there_already: 0, left_out: [], stopped: null });
});

test('inserts are retried while the store is down; after a lost response the id exists', async () => {
  const tries = new Map<string, number>();
  const target: HookedStore = new HookedStore(async ({ id }) => {
    const count = (tries.get(id) ?? 0) + 1;
    tries.set(id, count);
    if (Number(id) % 2 === 0 && count <= 3) throw unavailable('it starts anew');
    if (id === '7' && count === 1) {
      await MemoryStore.prototype.insert.call(target, session(id), null, NOW);
      throw unavailable('the connection was lost');
    }
  });
  const result = await imported(target, file(20));
  assert.equal(result.stopped, null);
  assert.equal(await target.count({}, NOW), 20);
  assert.equal(result.imported + result.there_already, 20);
});

test('a store that stays down stops the import; no line before it is missing', async () => {
  const target = new HookedStore(({ id }) => {
    if (Number(id) >= 40) throw unavailable('it is gone');
  });
  const { stopped } = await imported(target, file(100));
  assert.equal(stopped?.number, 40);
  assert.match(stopped?.problem ?? '', /^line 40 was not imported: The session store is unavailable: it is gone\.$/);
  assert.equal(await target.count({}, NOW), 38);
});

test('a session that the store rejects permanently is not retried', async () => {
  let tries = 0;
  const target = new HookedStore(({ id }) => {
    if (id !== '3') return;
    tries += 1;
    throw new SessionsError('STORE_FULL', 'It is full.');
  });
  const { stopped } = await imported(target, file(3));
  assert.deepEqual(stopped, { number: 3, problem: 'line 3 was not imported: It is full.' });
  assert.equal(tries, 1);
});

test('at most 512 inserts and 32 MiB are in progress', async () => {
  const count = async (text: string) => {
    let underWay = 0;
    let most = 0;
    const target = new HookedStore(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
    });
    assert.equal((await imported(target, text)).stopped, null);
    return most;
  };
  assert.equal(await count(file(2000)), 512);
  const mebibyte = JSON.stringify('x'.repeat(1_048_000));
  const large = file(50, (line) => line.replace('"data":null', `"data":${mebibyte}`));
  assert.equal(await count(large), 32);
});

test('an interrupted import finishes pending inserts and names the line to continue', async () => {
  const interruption = new AbortController();
  const target = new HookedStore(async ({ id }) => {
    await new Promise(setImmediate);
    if (id === '700') interruption.abort();
  });
  const { stopped, imported: done } = await imported(target, file(5000), { signal: interruption.signal });
  assert.equal(stopped?.problem, 'Interrupted.');
  assert.ok(done >= 699 && done < 5000);
  assert.equal(stopped?.number, done + 2);
  assert.equal(await target.count({}, NOW), done);
});

test('an interruption does not wait for a store that is down', async () => {
  const interruption = new AbortController();
  const target = new HookedStore(() => {
    setImmediate(() => interruption.abort());
    throw unavailable('it is gone');
  });
  const { stopped } = await imported(target, file(5), { signal: interruption.signal, retry_ms: 3_600_000 });
  assert.equal(stopped?.number, 2);
});

test('ended sessions stay ended, and no limit evicts imported sessions', async () => {
  const target = store();
  const ended = session('ended', { close_time: NOW + 5, close_reason: 'compromised', revision: 9 });
  const lines = [ended, ...Array.from({ length: 50 }, (_, index) => session(`live ${index}`))].map(storedSessionText);
  await imported(target, `${HEADER}\n${lines.join('\n')}\n`);
  assert.deepEqual({ ...(await target.find('ended')) }, ended);
  assert.equal(await target.count({ active: true }, NOW), 50);
});

test('unknown properties are named, up to a maximum number', async () => {
  const others = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`other_${index}`, index]));
  const text = JSON.stringify([{ ...JSON.parse(storedSessionText(session('1'))), ...others }]);
  const { left_out } = await imported(store(), text, { read: { format: 'sessions.json' } });
  assert.equal(left_out.length, 20);
  assert.equal(left_out[0], 'other_0');
});
