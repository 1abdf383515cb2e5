import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWithService } from '../testing/examples/example.ts';
import { Jar } from '../testing/examples/jar.ts';

for (const name of ['h3', 'react-router']) {
  test(`examples/${name}.ts signs a user in and out`, async (t) => {
    const { urls } = await startWithService(t, name);
    const jar = new Jar(urls[0] ?? '');
    assert.equal((await jar.get('/me')).status, 401);
    await jar.post('/login', new URLSearchParams({ user: 'ann' }));
    assert.deepEqual((await jar.get('/me')).body, { user: 'ann' });
    assert.equal((await jar.post('/logout', {}, { 'sec-fetch-site': 'cross-site' })).status, 403);
    const out = await jar.post('/logout');
    assert.deepEqual([out.headers.get('cache-control'), jar.cookies.size], ['no-store', 0]);
    assert.equal((await jar.get('/me')).status, 401);
  });
}
