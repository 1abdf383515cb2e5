import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMemoryService } from '../testing/examples/example.ts';

test('handlers of a route file sign in, show the user and sign out', async (t) => {
  const service = await startMemoryService(t);
  process.env.SESSIONS_URL = service.url;
  const { DELETE, GET, POST } = await import('./fetch-handlers.ts');
  const url = 'http://localhost:3000/api/session';
  const signedIn = await POST(new Request(url, { method: 'POST', body: JSON.stringify({ user: 'ann' }) }));
  assert.equal(signedIn.headers.get('cache-control'), 'no-store');
  const [cookie = ''] = signedIn.headers.getSetCookie()[0]?.split(';') ?? [];
  const headers = { cookie };
  assert.deepEqual(await (await GET(new Request(url, { headers }))).json(), { user: 'ann' });
  assert.equal((await GET(new Request(url))).status, 401);
  const forged = new Request(url, { method: 'DELETE', headers: { cookie, origin: 'https://evil.example' } });
  assert.equal((await DELETE(forged)).status, 403);
  const signedOut = await DELETE(new Request(url, { method: 'DELETE', headers }));
  assert.match(signedOut.headers.getSetCookie().join(), /^session=; .*Max-Age=0/);
  assert.equal((await GET(new Request(url, { headers }))).status, 401);

  await service.stop();
  const away = await POST(new Request(url, { method: 'POST', body: JSON.stringify({ user: 'ann' }) }));
  assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '5']);
});
