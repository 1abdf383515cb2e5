import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { CONSOLE } from './fixtures/console-options.ts';

test('each encoding of a file of the console has a tag of its own (RFC 9110, 8.8.3.3)', async (t) => {
  const server = await startTestServer({ adminConsole: CONSOLE });
  t.after(server.stop);
  const get = async (encodings: string, tag = '') => {
    const headers = { 'accept-encoding': encodings, ...(tag && { 'if-none-match': tag }) };
    const { status, headers: own } = await fetch(`${server.url}/console/`, { headers });
    return { status, tag: own.get('etag') ?? '', encoding: own.get('content-encoding'), vary: own.get('vary') };
  };
  const plain = await get('identity');
  if (plain.status === 404) return;
  const brotli = await get('gzip, br');
  assert.deepEqual([plain.encoding, brotli.encoding, plain.vary], [null, 'br', 'accept-encoding']);
  assert.notEqual(plain.tag, brotli.tag);
  for (const none of ['br;q=0', 'br; q=0.0, gzip', 'gzip', 'brx']) assert.equal((await get(none)).tag, plain.tag, none);
  for (const some of ['br;q=0.5', 'br;q=1.0, *', 'gzip,br']) assert.equal((await get(some)).tag, brotli.tag, some);
  const again = await get('br', brotli.tag);
  assert.deepEqual([again.status, again.tag], [304, brotli.tag]);
  assert.equal((await get('br', plain.tag)).status, 200);
});
