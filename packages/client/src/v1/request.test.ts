import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  hang,
  hangInBody,
  json,
  noContent,
  ORIGINAL_SESSION,
  type Reply,
  refusedPort,
  reset,
  resetInBody,
  scriptedService,
  text,
} from '../../test/scripted-service.ts';
import { SessionsCallError } from '../transport/errors.ts';
import type { CallOptions } from '../transport/options.ts';
import { createSessionsV1Client } from './client.ts';

const ID = ORIGINAL_SESSION.id;
const found = json(200, ORIGINAL_SESSION);

/** A client of a scripted service, which writes down its waits instead of waiting. */
async function clientOf(t: TestContext, replies: [Reply, ...Reply[]], options: Partial<CallOptions> = {}) {
  const service = await scriptedService(t, ...replies);
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  const client = createSessionsV1Client({ url: service.url, sleep, random: () => 1, ...options });
  return { ...service, client, waits };
}

function callError(code: SessionsCallError['code'], message: RegExp, command = 'get_session_by_id') {
  return (error: unknown) => {
    assert.ok(error instanceof SessionsCallError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.ok(error.message.startsWith(`${command} at ${error.url}: `));
    assert.ok(!error.message.includes(ID), 'a message never holds a session id');
    return true;
  };
}

test('a read survives connections that are reset, waiting longer each time', async (t) => {
  const { client, received, waits } = await clientOf(t, [reset, resetInBody, reset, found]);
  assert.equal((await client.getSessionById(null, ID))?.id, ID);
  assert.equal(received.length, 4);
  assert.deepEqual(waits, [100, 200, 400]);
});

test('a read survives a gateway that cannot reach the service for a moment', async (t) => {
  const { client, received } = await clientOf(t, [text(502, '<html>'), text(503, ''), text(504, 'no'), found]);
  assert.equal((await client.getSessionById(null, ID))?.id, ID);
  assert.equal(received.length, 4);
});

test('retries are bounded, and the last failure is what the caller sees', async (t) => {
  const { client, received } = await clientOf(t, [text(503, '<html>')], { retries: 2 });
  await assert.rejects(
    client.getSessionById(null, ID),
    callError('UNREACHABLE', /A gateway responded with status 503/),
  );
  assert.equal(received.length, 3);
});

test('every command that is safe to repeat is repeated', async (t) => {
  const { client, received } = await clientOf(t, [
    reset,
    noContent,
    reset,
    noContent,
    reset,
    noContent,
    reset,
    noContent,
  ]);
  await client.closeSession(null, ID);
  await client.closeExpiredSessions(null);
  await client.storeSessionData(null, ID, 1);
  await client.updateSessionUser(null, ID, 1);
  assert.equal(received.length, 8);
});

test('open_session is sent once, so that a user never gets two sessions', async (t) => {
  const { client, received } = await clientOf(t, [reset]);
  await assert.rejects(client.openSession(null, '1'), callError('UNREACHABLE', /connection failed/, 'open_session'));
  assert.equal(received.length, 1);
});

test('delete_session_by_id is sent once, so a repeat cannot report a missing session', async (t) => {
  const { client, received } = await clientOf(t, [text(503, '')]);
  await assert.rejects(client.deleteSessionById(null, ID), callError('UNREACHABLE', /503/, 'delete_session_by_id'));
  assert.equal(received.length, 1);
});

test('a command that the service answers with an error is not sent again', async (t) => {
  const { client, received } = await clientOf(t, [
    json(500, { code: 'INTERNAL', message: 'no', category: 'Internal' }),
  ]);
  await assert.rejects(client.getSessionById(null, ID), { code: 'INTERNAL' });
  assert.equal(received.length, 1);
});

test('a refused connection fails at once', async () => {
  const url = `http://127.0.0.1:${await refusedPort()}`;
  const sleep = () => Promise.reject(new Error('it waited'));
  const client = createSessionsV1Client({ url, sleep });
  await assert.rejects(
    client.getSessionById(null, ID),
    callError('UNREACHABLE', /refused\. Check that the service runs/),
  );
});

test('Retry-After delays the next attempt', async (t) => {
  const later = new Date(Date.now() + 5_000).toUTCString();
  const replies: [Reply, ...Reply[]] = [
    text(503, '', { 'retry-after': '2' }),
    text(503, '', { 'retry-after': later }),
    found,
  ];
  const { client, waits } = await clientOf(t, replies);
  await client.getSessionById(null, ID);
  assert.equal(waits[0], 2_000);
  assert.ok(Number(waits[1]) > 3_000 && Number(waits[1]) <= 5_000, `waited ${waits[1]} ms`);
});

test('a Retry-After beyond the timeout fails at once with the error of the service', async (t) => {
  const { client, received, waits } = await clientOf(t, [
    json(503, { code: 'SHUTTING_DOWN', category: 'NoResponse', message: 'later' }, { 'retry-after': '60' }),
  ]);
  await assert.rejects(client.getSessionById(null, ID), { code: 'SHUTTING_DOWN', category: 'NoResponse', status: 503 });
  assert.equal(received.length, 1);
  assert.deepEqual(waits, []);
});

test('waits between attempts are two seconds at most', async (t) => {
  const { client, waits } = await clientOf(t, [reset], { retries: 7, timeout_ms: 60_000 });
  await assert.rejects(client.getSessionById(null, ID), { code: 'UNREACHABLE' });
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 2000, 2000]);
});

for (const [where, reply] of Object.entries({ 'before its answer': hang, 'in the middle of its answer': hangInBody })) {
  test(`a call times out after timeout_ms if the service hangs ${where}`, async (t) => {
    const { client } = await clientOf(t, [reply], { timeout_ms: 50 });
    await assert.rejects(client.getSessionById(null, ID), callError('TIMEOUT', /within 50 ms.*raise timeout_ms/));
  });
}

test('timeout_ms ends a fetch that ignores its signal, and a wait between attempts', async () => {
  const url = 'http://service';
  const deaf = createSessionsV1Client({ url, timeout_ms: 50, fetch: () => new Promise(() => {}) });
  await assert.rejects(deaf.getSessionById(null, ID), { code: 'TIMEOUT' });

  const broken = () => Promise.reject(new TypeError('fetch failed'));
  const sleepy = createSessionsV1Client({
    url,
    timeout_ms: 50,
    fetch: broken,
    sleep: () => new Promise(() => {}),
    random: () => 0,
  });
  await assert.rejects(sleepy.getSessionById(null, ID), (error: unknown) => {
    assert.ok(error instanceof SessionsCallError && error.cause instanceof SessionsCallError);
    assert.deepEqual([error.code, error.cause.code], ['TIMEOUT', 'UNREACHABLE']);
    return true;
  });
});

test("the caller's signal aborts a call, and no further attempt is made", async (t) => {
  const controller = new AbortController();
  const giveUp: Reply = () => controller.abort(new Error('the user left'));
  const { client, received } = await clientOf(t, [giveUp]);
  await assert.rejects(client.getSessionById(null, ID, { signal: controller.signal }), (error: unknown) => {
    assert.ok(error instanceof SessionsCallError && error.cause instanceof Error);
    assert.deepEqual([error.code, error.cause.message], ['ABORTED', 'the user left']);
    return true;
  });
  assert.equal(received.length, 1);
});

test('a call whose signal is already aborted sends nothing', async (t) => {
  const { client, received } = await clientOf(t, [found]);
  await assert.rejects(client.openSession(null, '1', null, null, null, null, null, { signal: AbortSignal.abort() }), {
    code: 'ABORTED',
  });
  assert.equal(received.length, 0);
});

test('a response above response_bytes_max is not read to its end', async (t) => {
  const endless: Reply = (response) => void response.writeHead(200).write('x'.repeat(2000));
  const { client } = await clientOf(t, [endless], { response_bytes_max: 1000 });
  await assert.rejects(client.getSessionById(null, ID), callError('RESPONSE_TOO_LARGE', /larger than 1000 bytes/));
});

test('a response of another server is INVALID_RESPONSE, with its status', async (t) => {
  const replies: [Reply, ...Reply[]] = [
    text(200, '<html>', { 'content-type': 'text/html' }),
    json(200, { hello: 'world' }),
    text(404, 'not found'),
    text(302, '', { location: '/elsewhere' }),
  ];
  const { client, received } = await clientOf(t, replies);
  for (const status of [200, 200, 404, 302]) {
    await assert.rejects(client.getSessionById(null, ID), (error: unknown) => {
      assert.ok(callError('INVALID_RESPONSE', /sessions service/)(error));
      assert.ok(error instanceof SessionsCallError);
      assert.equal(error.response_status, status);
      return true;
    });
  }
  assert.equal(received.length, 4);
});
