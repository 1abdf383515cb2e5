import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { asJsonText } from '../../domain/json.ts';
import { MemoryStore } from '../../stores/memory/store.ts';
import { unavailable } from '../../stores/shared/unavailable.ts';
import { startV2 } from './fixtures/start.ts';

/** Sessions of the large user. With 60 KB each, they are far more than the systems of both sides buffer. */
const SESSIONS = 500;
const DATA = asJsonText(JSON.stringify('x'.repeat(60_000)));
const EXPORT = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"user_id":"u"}' };

/** Counts the sessions that are read, and fails from one of them on. */
class CountingStore extends MemoryStore {
  finds = 0;
  fails_from = Number.POSITIVE_INFINITY;

  constructor() {
    super({ sessions_max: 10_000 });
  }

  override async find(id: string) {
    this.finds += 1;
    if (this.finds >= this.fails_from) throw unavailable('it is away');
    return super.find(id);
  }
}

async function startLarge(t: TestContext, bounds = {}) {
  const store = new CountingStore();
  const service = await startV2(t, { store, bounds });
  for (let n = 0; n < SESSIONS; n += 1) await service.sessions.open({ user_id: 'u', data: DATA });
  return { ...service, store };
}

/** Sends the request, and returns the response before its body is read. */
async function unread(url: string): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const { status, body } = await fetch(`${url}/v2/users/export`, EXPORT);
  assert.equal(status, 200);
  return body?.getReader() ?? assert.fail('there is no body');
}

/** Returns the end of a body; rejects if the connection is cut. */
async function tailOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  let tail = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return tail;
    tail = (tail + Buffer.from(value).toString('latin1')).slice(-100);
  }
}

test('an export is lines of sessions and an end line, on a path for POST only', async (t) => {
  const { send, open, url } = await startV2(t);
  const { session } = await open();
  const { body, headers } = await send('POST /v2/users/export', { body: { user_id: 'u' } });
  assert.deepEqual(body, [
    { type: 'session', session },
    { type: 'end', sessions: 1 },
  ]);
  assert.equal(headers.get('cache-control'), 'no-store');
  const head = await fetch(`${url}/v2/users/export`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('allow'), await head.text()], [405, 'POST', '']);
  assert.equal((await send('GET /v2/users/erase')).status, 405);
});

test('a fault before the first session is a problem; a later one cuts the connection', async (t) => {
  const { store, url, send } = await startLarge(t);
  store.fails_from = 1;
  assert.equal((await send('POST /v2/users/export', { body: { user_id: 'u' } })).body.code, 'STORE_UNAVAILABLE');
  store.fails_from = store.finds + 200;
  await assert.rejects(tailOf(await unread(url)));
});

test('a client that does not read an export takes little memory and delays no other', async (t) => {
  const { store, url } = await startLarge(t);
  const reader = await unread(url);
  for (let n = 0; n < 100; n += 1) assert.equal((await fetch(`${url}/livez`)).status, 200);
  const read = store.finds;
  assert.ok(read > 0 && read < SESSIONS, `${read} sessions were read`);
  for (let n = 0; n < 20; n += 1) assert.equal((await fetch(`${url}/livez`)).status, 200);
  assert.equal(store.finds, read);
  assert.match(await tailOf(reader), /\n\{"type":"end","sessions":500\}\n$/);
  assert.equal(store.finds, SESSIONS);
});

test('the connection of a client that does not read an export is cut after the timeout', async (t) => {
  const { url, log } = await startLarge(t, { response_timeout_ms: 20, check_interval_ms: 5 });
  const reader = await unread(url);
  while (!log.some(({ event }) => event === 'connection_cut')) await fetch(`${url}/livez`);
  await assert.rejects(tailOf(reader));
});

test('an export and an erasure are one log line each, with a hash of the user_id', async (t) => {
  const { send, log } = await startV2(t);
  for (const name of ['exportUser', 'eraseUser']) {
    const path = name.replace('User', '');
    await send(`POST /v2/users/${path}`, { body: { user_id: 'ann@example.org' } });
    const lines = log.filter(({ request }) => request === name);
    assert.deepEqual(
      lines.map(({ level, user_id_hash }) => [level, user_id_hash]),
      [['info', hash('sha256', 'ann@example.org', 'hex')]],
    );
  }
  assert.ok(!JSON.stringify(log).includes('ann@'));
});
