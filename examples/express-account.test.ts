import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startWithService } from '../testing/examples/example.ts';
import { Jar } from '../testing/examples/jar.ts';

async function startAccount(t: TestContext) {
  const { service, urls } = await startWithService(t, 'express-account');
  return { service, browser: new Jar(urls[0] ?? '') };
}

test('"remember me" extends the cookie, and the session as far as the service allows', async (t) => {
  const { browser } = await startAccount(t);
  const short = await browser.post('/login', { user: 'ann' });
  assert.equal(short.body.idle_timeout, 86_400);
  assert.doesNotMatch(short.headers.getSetCookie().join(), /Max-Age/);
  const long = await browser.post('/login', { user: 'ann', remember: true });
  assert.equal(long.body.idle_timeout, 2_592_000);
  assert.match(long.headers.getSetCookie().join(), /Max-Age=34560000/);
});

test('a page can ask how much time is left', async (t) => {
  const { browser } = await startAccount(t);
  assert.deepEqual((await browser.get('/time-left')).body, { seconds: null });
  await browser.post('/login', { user: 'ann' });
  const { seconds } = (await browser.get('/time-left')).body;
  assert.ok(seconds > 86_000 && seconds <= 86_400, `${seconds}`);
});

test('a payment needs the second factor, and the response says so', async (t) => {
  const { browser } = await startAccount(t);
  assert.equal((await browser.post('/payments')).body.code, 'SESSION_REQUIRED');
  await browser.post('/login', { user: 'ann' });
  const rejection = await browser.post('/payments');
  assert.deepEqual([rejection.status, rejection.body.code], [401, 'STEP_UP_REQUIRED']);
  assert.deepEqual(rejection.body.details, { level: 2, max_age_s: 300 });
  assert.match(rejection.headers.get('www-authenticate') ?? '', /insufficient_user_authentication/);
  assert.deepEqual((await browser.post('/second-factor')).body, { level: 2 });
  assert.deepEqual((await browser.post('/payments')).body, { paid: true });
});

test('the next request sees changed data, and logoutEverywhere ends all sessions', async (t) => {
  const { browser } = await startAccount(t);
  await browser.post('/login', { user: 'ann' });
  await browser.post('/cart', { item: 'apple' });
  assert.deepEqual((await browser.post('/cart', { item: 'pear' })).body, { cart: ['apple', 'pear'] });
  assert.deepEqual((await browser.post('/logout-everywhere')).body, { ended: 1 });
  assert.equal((await browser.get('/devices')).status, 401);
});

test('pages of other sites cannot send requests with the cookie', async (t) => {
  const { browser } = await startAccount(t);
  await browser.post('/login', { user: 'ann' });
  const forged = await browser.post('/cart', { item: 'apple' }, { origin: 'https://evil.example' });
  assert.deepEqual([forged.status, forged.body.code], [403, 'CROSS_SITE_REQUEST']);
});

test('a call of the service that fails in a handler is a 503 that signs no user out', async (t) => {
  const { service, browser } = await startAccount(t);
  await browser.post('/login', { user: 'ann' });
  assert.deepEqual((await browser.get('/devices')).body, { count: 1 });
  await service.stop();
  const away = await browser.get('/devices');
  assert.deepEqual([away.status, away.body.code], [503, 'SESSIONS_UNAVAILABLE']);
  assert.equal(away.headers.get('retry-after'), '5');
  assert.equal(browser.cookies.size, 1);
});
