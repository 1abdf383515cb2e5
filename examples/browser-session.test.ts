import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { skip, startChromium } from '../testing/browser/chromium.ts';
import { startWithService } from '../testing/examples/example.ts';
import { until } from '../testing/until.ts';

test('example: two tabs in Chromium share sign-in, warning, renewal and sign-out', {
  skip,
  timeout: 60_000,
}, async (t) => {
  // The page warns 120 seconds before the end.
  const { service, urls } = await startWithService(t, 'browser-session', { IDLE_TIMEOUT: '100' });
  const client = createSessionsClient({ url: service.url });
  const browser = await startChromium(t);
  const context = await browser.newContext();
  const methods: string[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith('/session')) methods.push(request.method());
  });
  const [one, two] = [await context.newPage(), await context.newPage()];
  const open = [one, two].map((page) => page.goto(urls[0] ?? ''));
  await Promise.all(open);
  const bothShow = async (text: string | RegExp) => {
    await Promise.all([one, two].map((page) => page.locator('#state', { hasText: text }).waitFor()));
  };
  await bothShow('Signed out');
  await one.locator('#sign-in').click();
  await bothShow(/ann, you are signed out in \d+ seconds/);

  await client.update((await client.list({ active: true })).items[0]?.id ?? '', { idle_timeout: 1_800 });
  methods.length = 0;
  const { promise: bothClicked, resolve } = Promise.withResolvers<void>();
  await context.route('**/session', async (route) => {
    if (route.request().method() === 'POST') await bothClicked;
    await route.continue();
  });
  for (const page of [one, two]) await page.evaluate("document.getElementById('renew').click()");
  resolve();
  await bothShow('Hello ann');
  assert.equal(methods.filter((method) => method === 'POST').length, 1, 'one renewal for all tabs');

  await context.unroute('**/session');
  await context.setOffline(true);
  // While a request of before is still under way, the page sends no further one.
  await until(async () => {
    await one.evaluate("window.dispatchEvent(new Event('online'))");
    return (await one.locator('#state').textContent()) === 'Hello ann (offline)';
  });
  await context.setOffline(false);

  const cookies = await one.evaluate('document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })');
  assert.equal(cookies, '{}', 'scripts see no token');

  await two.locator('#sign-out').click();
  await bothShow('Signed out');
  assert.equal(await client.count({ active: true }), 0);
});
