import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';
import { mock, test } from 'node:test';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { SessionsError } from '../../domain/errors.ts';
import { ManualClock } from '../../domain/time/clock.ts';
import { CheckedClock } from '../../domain/time/clock-check.ts';
import { createLogger } from '../../observability/log.ts';
import { MemoryStore } from '../../stores/memory/store.ts';
import { Health } from './health.ts';

/** A store whose pings and reads behave as the test sets it. */
class PingedStore extends MemoryStore {
  answer: () => Promise<void> = async () => {};
  readonly asked = Promise.withResolvers<void>();
  readonly held = Promise.withResolvers<void>();

  constructor() {
    super({ sessions_max: 10 });
  }

  override ping(): Promise<void> {
    return this.answer();
  }

  override async find(id: string) {
    this.asked.resolve();
    await this.held.promise;
    return super.find(id);
  }
}

const silent = createLogger('silent');

test('a running service is live and ready, and the responses are not cached', async (t) => {
  const server = await startTestServer({ keys: [{ name: 'a', scope: 'admin', hash: '0'.repeat(64), expires: null }] });
  t.after(() => server.stop());
  for (const [path, body] of [
    ['/livez', { status: 'ok' }],
    ['/readyz', { status: 'ok', checks: { store: 'ok' } }],
  ] as const) {
    const answer = await fetch(server.url + path);
    assert.deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'no-store']);
    assert.deepEqual(await answer.json(), body);
  }
  assert.deepEqual(
    server.log.filter(({ level }) => level !== 'debug' && level !== 'trace'),
    [],
  );
});

test('without its store it is live but not ready, with the reason and a time to retry', async (t) => {
  const store = new PingedStore();
  const server = await startTestServer({ store });
  t.after(() => server.stop());
  for (const [error, reason] of [
    [new SessionsError('STORE_UNAVAILABLE', 'The session store is unavailable: gone.'), /^The session .*: gone\.$/],
    [new TypeError('password=secret'), /^The store failed\. The reason is in the log\.$/],
  ] as const) {
    store.answer = () => Promise.reject(error);
    const answer = await fetch(`${server.url}/readyz`);
    assert.deepEqual(
      [answer.status, answer.headers.get('retry-after'), answer.headers.get('cache-control')],
      [503, '1', 'no-store'],
    );
    const { status, checks } = (await answer.json()) as { status: string; checks: { store: string } };
    assert.equal(status, 'unavailable');
    assert.match(checks.store, reason);
    assert.equal((await fetch(`${server.url}/livez`)).status, 200);
  }
  assert.match(JSON.stringify(server.log), /password=secret/);
});

test('with a wrong clock it is not ready, and reports the difference', async (t) => {
  const clock = new CheckedClock(new ManualClock());
  const server = await startTestServer({ clock });
  t.after(() => server.stop());
  clock.compared({ ahead_ms: 60_000, error_ms: 1 });
  const answer = await fetch(`${server.url}/readyz`);
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '1']);
  const { checks } = (await answer.json()) as { checks: { store: string; clock: string } };
  assert.equal(checks.store, 'ok');
  assert.match(checks.clock, /60 s ahead/);
  clock.compared({ ahead_ms: 0, error_ms: 1 });
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
});

test('a store that is silent for a second is not ready; concurrent checks share a ping', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let asked = 0;
    const ping = () => {
      asked += 1;
      return new Promise<void>(() => {});
    };
    const health = new Health(ping, silent);
    const answers = [health.readiness(), health.readiness(), health.readiness()];
    mock.timers.tick(999);
    assert.equal(await Promise.race([...answers, Promise.resolve('waiting')]), 'waiting');
    mock.timers.tick(1);
    for (const { status, checks } of await Promise.all(answers)) {
      assert.deepEqual([status, checks.store], ['unavailable', 'The store did not respond within 1000 ms.']);
    }
    assert.equal(asked, 1);
    void health.readiness();
    assert.equal(asked, 2);
  } finally {
    mock.timers.reset();
  }
});

test('while it stops and finishes a request in flight, it is not ready', async () => {
  const store = new PingedStore();
  const server = await startTestServer({ store });
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let answers = '';
  socket.on('data', (data) => {
    answers += data;
  });
  const body = '{"session_id":"none"}';
  const head = `host: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  socket.write(`POST /v1/sessions/get_session_by_id HTTP/1.1\r\n${head}\r\n\r\n${body}`);
  await store.asked.promise;
  const stopping = server.stop();
  const arrived = Promise.withResolvers<void>();
  const arrive = () => arrived.resolve();
  subscribe('http.server.request.start', arrive);
  socket.write('GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await arrived.promise;
  unsubscribe('http.server.request.start', arrive);
  store.held.resolve();
  await Promise.all([once(socket, 'close'), stopping]);
  assert.match(answers, /^HTTP\/1\.1 204 .*HTTP\/1\.1 503 .*"service":"The service is stopping\."/s);
});
