import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { newApiKey, parseApiKey } from './authentication/api-keys.ts';

test('a request is logged with its status, duration, caller and correlation id', async (t) => {
  const { key, configured } = newApiKey('shop', 'admin');
  const { url, stop, log } = await startTestServer({ keys: [parseApiKey(configured)] });
  t.after(stop);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}`, correlation_id: 'abc' };
  const send = (path: string, body: object) =>
    fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) }).then((response) => response.json());
  const { token } = (await send('/v2/sessions', { user_id: 'u' })) as { token: string };
  await send('/v2/sessions/validate', { token });
  await send('/v1/sessions/open_session', { user_id: 'u' });
  const lines = log.filter(({ msg, level }) => level === 'info' && (msg === 'request' || msg === 'command'));
  assert.deepEqual(
    lines.map(({ request, command, status, caller, correlation_id }) => [
      request ?? command,
      status,
      caller,
      correlation_id,
    ]),
    [
      ['openSession', 201, 'shop', 'abc'],
      ['open_session', 200, 'shop', 'abc'],
    ],
  );
  for (const { duration_ms } of lines) assert.ok(Number(duration_ms) > 0 && Number(duration_ms) < 60_000);
});

for (const [percent, expected] of [
  [100, 8],
  [25, 2],
] as const) {
  test(`of 8 reads, the log has ${expected} if it is to have ${percent} %`, async (t) => {
    const { url, stop, log } = await startTestServer({ log_reads: percent });
    t.after(stop);
    for (let n = 0; n < 8; n += 1) await fetch(`${url}/v2/stats`);
    assert.equal(log.filter(({ request, level }) => request === 'getStats' && level === 'info').length, expected);
  });
}
