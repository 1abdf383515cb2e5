import assert from 'node:assert/strict';
import { test } from 'node:test';
import { broken, clientOf, ENDED, problem, type Reply, SESSION } from '../fixtures/scripted-fetch.ts';
import type { Session, SessionsClient, SessionsClientOptions } from '../index.ts';

const LINE = JSON.stringify({ type: 'session', session: SESSION });
const OTHER = JSON.stringify({ type: 'session', session: { ...ENDED, user_name: 'Zoë \u2028' } });
const end = (sessions: number) => JSON.stringify({ type: 'end', sessions });
const WHOLE = `${LINE}\n${OTHER}\n${end(2)}\n`;

/** A response whose body arrives in these parts, and then ends, fails, or waits for ever. */
function parts(
  bodies: readonly (string | Uint8Array)[],
  then: 'end' | 'fail' | 'wait' = 'end',
  onCancel = () => {},
): Reply {
  const left = bodies.map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : part));
  return () =>
    new Response(
      new ReadableStream(
        {
          pull: (controller) => {
            const part = left.shift();
            if (part) controller.enqueue(part);
            else if (then === 'end') controller.close();
            else if (then === 'fail') controller.error(new TypeError('terminated'));
          },
          cancel: onCancel,
        },
        { highWaterMark: 0 },
      ),
    );
}

async function read(client: SessionsClient, options = {}): Promise<Session[]> {
  const found: Session[] = [];
  for await (const session of client.exportUser('1', options)) found.push(session);
  return found;
}

const exported = (reply: Reply, options: Partial<SessionsClientOptions> = {}) =>
  read(clientOf([reply], options).client);

test('an export returns the sessions of its lines, however the response is split', async () => {
  const bytes = new TextEncoder().encode(WHOLE);
  for (const size of [1, 7, 1_000, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.slice(n * size, (n + 1) * size),
    );
    assert.deepEqual(await exported(parts(pieces)), [SESSION, { ...ENDED, user_name: 'Zoë \u2028' }]);
  }
  assert.deepEqual(await exported(parts([`${end(0)}\n`])), []);
});

test('an export sends its user with the key, and may be sent again before a response', async () => {
  const { client, sent } = clientOf([broken, problem(503, 'STORE_UNAVAILABLE'), parts([WHOLE])]);
  assert.equal((await read(client)).length, 2);
  assert.equal(sent.length, 3);
  const [{ method, path, body, headers } = assert.fail()] = sent;
  assert.deepEqual([method, path, body], ['POST', '/v2/users/export', '{"user_id":"1"}']);
  assert.match(headers.accept ?? '', /application\/x-ndjson/);
});

test('an export without its end, or with sessions missing, throws after what arrived', async () => {
  const cut = [[], [`${LINE}\n`], [`${LINE}\n${end(1)}`], [`${LINE}\n${end(2)}\n`]];
  for (const bodies of cut) {
    await assert.rejects(exported(parts(bodies)), { code: 'UNREACHABLE', message: /incomplete/ });
  }
  const { client } = clientOf([parts([`${LINE}\n`], 'fail')]);
  const found: string[] = [];
  const reading = async () => {
    for await (const { id } of client.exportUser('1')) found.push(id);
  };
  await assert.rejects(reading, { code: 'UNREACHABLE' });
  assert.deepEqual(found, [SESSION.id]);
});

test('lines of newer types are left out; lines of another service are an error', async () => {
  assert.deepEqual(await exported(parts([`{"type":"new"}\n${LINE}\n${end(1)}\n`])), [SESSION]);
  for (const line of ['<html>secret', '{}', '[]', '{"type":"session","session":{}}', '{"type":"end"}']) {
    await assert.rejects(exported(parts([`${line}\n`])), (error: Error & { readonly code?: string }) => {
      assert.equal(error.code, 'INVALID_RESPONSE', line);
      assert.doesNotMatch(`${error.message} ${error.cause}`, /secret/);
      return true;
    });
  }
});

test('a line longer than the maximum is an error', async () => {
  const long = parts([LINE.slice(0, 200), LINE.slice(200)]);
  await assert.rejects(exported(long, { response_bytes_max: 300 }), { code: 'RESPONSE_TOO_LARGE' });
});

test('each wait for more of an export has the timeout, and the signal ends it', async () => {
  const { client } = clientOf([parts([`${LINE}\n`], 'wait')]);
  await assert.rejects(read(client, { timeout_ms: 5 }), { code: 'TIMEOUT' });
  const aborter = new AbortController();
  const other = clientOf([parts([`${LINE}\n`], 'wait')]).client;
  const reading = async () => {
    for await (const _ of other.exportUser('1', { signal: aborter.signal })) aborter.abort();
  };
  await assert.rejects(reading, { code: 'ABORTED' });
});

test('a caller that stops the iteration cancels the response', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { client } = clientOf([parts([`${LINE}\n`], 'wait', resolve)]);
  for await (const _ of client.exportUser('1')) break;
  await promise;
});
