import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';
import { outputOf, startMemoryService, startWithService } from '../testing/examples/example.ts';
import { Jar } from '../testing/examples/jar.ts';

test('the quick example of the client validates a token, and not after the sign-out', async (t) => {
  const { url } = await startMemoryService(t);
  assert.deepEqual(await outputOf('quick-client', { SESSIONS_URL: url }), [
    'user: ann',
    "after the sign-out: { active: false, reason: 'closed' }",
  ]);
});

test('the quick example of Express signs in, shows the user and signs out', async (t) => {
  const { lines } = await startWithService(t, 'quick-express');
  const base = `http://127.0.0.1:${/port: (\d+)/.exec(lines.join())?.[1]}`;
  const send = (method: string, path: string, cookie = '') =>
    fetch(base + path, {
      method,
      headers: { cookie },
      redirect: 'manual',
      ...(method === 'POST' && { body: new URLSearchParams({ user: 'ann' }) }),
    });
  const signedIn = await send('POST', '/login');
  assert.deepEqual([signedIn.status, signedIn.headers.get('location')], [302, '/']);
  const [cookie = ''] = signedIn.headers.getSetCookie()[0]?.split(';') ?? [];
  assert.equal(await (await send('GET', '/', cookie)).text(), '{"user":"ann"}');
  assert.equal((await send('GET', '/')).status, 401);
  assert.equal(await (await send('POST', '/logout', cookie)).text(), '{"signed_out":true}');
  assert.equal((await send('GET', '/', cookie)).status, 401);
});

test('the program of "Get started" signs in, lists devices and signs out', async (t) => {
  const { urls } = await startWithService(t, 'express-start');
  const jar = new Jar(urls[0] ?? '', { 'user-agent': 'Laptop' });
  assert.match((await jar.get('/')).text, /<form action="\/login"/);
  const signedIn = await jar.post('/login', new URLSearchParams({ user: 'ann' }));
  assert.deepEqual([signedIn.status, signedIn.headers.get('location')], [302, '/devices']);
  assert.partialDeepStrictEqual((await jar.get('/devices')).body, [{ client: 'Laptop', here: true }]);
  assert.equal((await jar.post('/logout')).status, 302);
  assert.equal((await jar.get('/devices')).status, 401);
});

test('the program of "Get started" is plain JavaScript', () => {
  const source = readFileSync(new URL('./express-start.ts', import.meta.url), 'utf8');
  assert.equal(stripTypeScriptTypes(source), source);
});

test('the quick examples are as short as the README promises', () => {
  const linesOf = (name: string) => {
    const source = readFileSync(new URL(`./${name}.ts`, import.meta.url), 'utf8');
    return source.trim().split('\n');
  };
  assert.ok(linesOf('quick-client').length <= 12);
  const express = linesOf('quick-express');
  const [start, end] = [express.indexOf('// #region protection'), express.indexOf('// #endregion')];
  assert.equal(end - start - 1, 12);
  assert.ok(express.length - 2 <= 20);
});
