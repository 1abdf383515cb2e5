import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallOptions, toCallSettings } from './options.ts';

const url = 'http://localhost:8080';

test('only the url is required', () => {
  const { base, timeout_ms, retries, in_query, in_headers } = toCallSettings({ url });
  assert.deepEqual(
    { base, timeout_ms, retries, in_query, in_headers },
    { base: `${url}/v1/sessions`, timeout_ms: 10_000, retries: 3, in_query: true, in_headers: false },
  );
});

const WRONG: readonly [string, CallOptions][] = [
  ['url', { url: 'localhost:8080' }],
  ['url', { url: '' }],
  ['url', { url: 'ftp://localhost' }],
  ['url', { url: 'http://user:secret@localhost' }],
  ['url', { url: 'http://localhost/?a=1' }],
  ['url', {} as CallOptions],
  ['timeout', { url, timeout: 5 } as CallOptions],
  ['timeout_ms', { url, timeout_ms: 0 }],
  ['timeout_ms', { url, timeout_ms: Number.POSITIVE_INFINITY }],
  ['retries', { url, retries: -1 }],
  ['retries', { url, retries: 1.5 }],
  ['response_bytes_max', { url, response_bytes_max: 0 }],
];

for (const [name, options] of WRONG) {
  test(`a wrong ${name} is refused before any call: ${JSON.stringify(options)}`, () => {
    assert.throws(
      () => toCallSettings(options),
      (error: unknown) => {
        assert.ok(error instanceof TypeError);
        assert.ok(error.message.startsWith(name));
        assert.ok(!error.message.includes('secret'), 'a password is not repeated');
        return true;
      },
    );
  });
}

test('a header that cannot be sent is refused before any call', () => {
  assert.throws(() => toCallSettings({ url, headers: { authorization: 'größer → 1' } }), TypeError);
});

test('the wait between attempts ends when the call is aborted', async () => {
  const controller = new AbortController();
  const wait = toCallSettings({ url }).sleep(2 ** 30, controller.signal);
  controller.abort();
  await wait;
});
