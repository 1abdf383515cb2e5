import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { startTestServer, type TestServer } from '../../../../../testing/http/test-server.ts';
import { COMMANDS } from '../../api/v1/commands.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ body_limit: 100_000 });
});
after(() => server.stop());

async function post(command: string, body: string | Uint8Array<ArrayBuffer>, type = 'application/json') {
  const headers = { 'content-type': type };
  const answer = await fetch(`${server.url}/v1/sessions/${command}`, { method: 'POST', headers, body });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

async function countSessions(): Promise<number> {
  return (await post('get_sessions', '{"paging":{"take":1,"total":true}}')).body.total;
}

const MEMBERS = ['session_id', 'user_id', 'user_name', 'address', 'client', 'filter', 'paging', 'user', 'data'];

test('[B-01] API v1 rejects wrong input with property and reason, never 500', async () => {
  const member = fc.constantFrom(...MEMBERS, '__proto__', 'constructor', 'toString', '');
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('\u0000', '\ud800', 'x'.repeat(5000), 1e308, -0, '__proto__'));
  const request = fc.array(fc.tuple(member, value), { maxLength: 5 }).map((entries) => {
    return `{${entries.map(([name, json]) => `${JSON.stringify(name)}:${JSON.stringify(json)}`).join(',')}}`;
  });
  const command = fc.constantFrom(...COMMANDS.map(({ name }) => name));
  const property = fc.asyncProperty(command, request, async (name, body) => {
    const answer = await post(name, body);
    assert.ok([200, 204, 400, 409].includes(answer.status), `${answer.status} for ${name} ${body}`);
    if (answer.status !== 400) return;
    assert.ok(['INVALID_DATA', 'InvalidContent'].includes(answer.body.code));
    if (answer.body.code === 'INVALID_DATA') {
      assert.ok(
        MEMBERS.some((known) => answer.body.message.includes(known)),
        answer.body.message,
      );
    }
  });
  await fc.assert(property, { numRuns: 400 });
});

test('a rejected open_session stores nothing', async () => {
  const opened = await countSessions();
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const refused: [string | Uint8Array<ArrayBuffer>, string, RegExp][] = [
    ['{"user_id":1}', 'INVALID_DATA', /^user_id must be a string\.$/],
    ['{"user_id":null}', 'INVALID_DATA', /^user_id must be a string\.$/],
    ['{}', 'INVALID_DATA', /^user_id is required\.$/],
    ['{"user_id":"1","address":{}}', 'INVALID_DATA', /^address must be a string or null\.$/],
    ['{"user_id":2,"client":3}', 'INVALID_DATA', /^user_id must be a string; client must be a string or null\.$/],
    ['{"user_id":"a\\u0000"}', 'INVALID_DATA', /^user_id must not contain a NUL/],
    ['{"user_id":"\\udc00"}', 'INVALID_DATA', /^user_id must not contain .* surrogate pair\.$/],
    [`{"user_id":"${'x'.repeat(4097)}"}`, 'INVALID_DATA', /^user_id must not be longer than 4096 characters\.$/],
    ['{"user_id":"1"', 'InvalidContent', /not valid JSON/],
    [`{"user_id":"1","data":${deep}}`, 'InvalidContent', /nested deeper than 200/],
    ['{"user_id":"1","data":{"__proto__":{}}}', 'InvalidContent', /__proto__/],
    [new Uint8Array(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])), 'InvalidContent', /not valid UTF-8/],
  ];
  for (const [body, code, message] of refused) {
    const answer = await post('open_session', body);
    assert.equal(answer.status, 400);
    assert.deepEqual([answer.body.code, answer.body.category], [code, 'BadRequest']);
    assert.match(answer.body.message, message);
  }
  assert.equal(await countSessions(), opened);
});

test('an id that no session can have is treated as unknown', async () => {
  for (const { name } of COMMANDS.filter(({ name, result }) => result === 'session' && name !== 'open_session')) {
    for (const session_id of ['x'.repeat(4_097), 'x'.repeat(30_000), 'a\0', 'a\ud800']) {
      const { status, body } = await post(name, JSON.stringify({ session_id, data: 1, user: 1 }));
      assert.deepEqual([status, body], [204, null], `${name} ${session_id.slice(0, 10)}`);
    }
  }
});

test('a body with a byte order mark is always rejected', async () => {
  for (const text of ['{"user_id":"1"}', '{"user_id":"\\u0031"}']) {
    const { status, body } = await post('open_session', `\ufeff${text}`);
    assert.deepEqual([status, body.code], [400, 'InvalidContent']);
  }
});

test('200 levels of nesting, and brackets in a string, are accepted', async () => {
  const brackets = JSON.stringify({ user_id: '1', data: `${'[{'.repeat(1000)}"\\` });
  assert.equal((await post('open_session', brackets)).status, 200);
  const levels = `{"user_id":"1","data":${'['.repeat(199)}${']'.repeat(199)}}`;
  assert.equal((await post('open_session', levels)).status, 200);
});

test('a compressed body is rejected for its encoding, not as invalid JSON', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const answer = await fetch(`${server.url}/v1/sessions/open_session`, { method: 'POST', headers, body: '{}' });
  assert.equal(answer.status, 415);
});

test('invalid HTTP and endless headers get a 4xx, and the connection is closed', async () => {
  const send = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname, () => socket.write(text));
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
  assert.match(await send('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 .*"code":"InvalidRequest"/s);
  assert.match(
    await send(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 .*"code":"HEADERS_TOO_LARGE"/s,
  );
});
