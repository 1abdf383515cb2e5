import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWithService } from '../testing/examples/example.ts';
import { Jar } from '../testing/examples/jar.ts';

const stateOf = (location: string | null) => new URL(location ?? '').searchParams.get('state') ?? '';

test('a redirect from the identity provider signs in only the browser that started it', async (t) => {
  const { urls } = await startWithService(t, 'identity-provider');
  const [browser, victim] = [new Jar(urls[0] ?? ''), new Jar(urls[0] ?? '')];
  const begun = await browser.get('/login');
  assert.match(begun.headers.getSetCookie().join(), /HttpOnly; Secure; SameSite=Lax/);
  const callback = `/callback?code=proof of ann&state=${stateOf(begun.headers.get('location'))}`;
  assert.equal((await victim.get(callback)).status, 403);
  assert.equal((await browser.get(callback)).headers.get('location'), '/');
  assert.deepEqual((await browser.get('/')).body, { user: 'ann' });
  assert.equal((await browser.get(callback)).status, 403, 'the state is used once');
});

test('a form from the identity provider signs in only the browser that started it', async (t) => {
  const { urls } = await startWithService(t, 'identity-provider');
  const [browser, victim] = [new Jar(urls[0] ?? ''), new Jar(urls[0] ?? '')];
  const begun = await browser.get('/login/post');
  assert.match(begun.headers.getSetCookie().join(), /HttpOnly; Secure; SameSite=None/);
  const form = new URLSearchParams({ code: 'proof of ann', state: stateOf(begun.headers.get('location')) });
  const headers = { origin: 'https://provider.example', 'sec-fetch-site': 'cross-site' };
  assert.equal((await victim.post('/callback', form, headers)).status, 403);
  assert.equal((await browser.post('/callback', form, headers)).status, 302);
  assert.deepEqual((await browser.get('/')).body, { user: 'ann' });
});
