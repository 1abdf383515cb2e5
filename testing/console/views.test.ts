import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from '../browser/chromium.ts';
import { openConsole, startConsoleService, violations } from './console-page.ts';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

/** Each view with a text that shows that it is complete, and what opens its parts. */
const VIEWS: readonly (readonly [path: string, text: string, act?: (page: Page) => Promise<unknown>])[] = [
  ['/sessions', 'Safari 18 on iPhone'],
  ['/sessions?state=ended', 'No session has ended'],
  [
    '/sessions?user_id=ann&from_time=30m',
    '30 minutes ago',
    (page) => page.getByRole('button', { name: 'Filter', exact: true }).click(),
  ],
  ['/sessions?session=ID', 'Time line'],
  ['/sessions?session=ID', 'Time line', (page) => page.getByRole('button', { name: 'End session…' }).click()],
  ['/sessions?user_id=ann', 'Safari 18', (page) => page.getByRole('button', { name: 'End all that match…' }).click()],
  ['/user?id=ann', 'The last 30 days', (page) => page.getByRole('button', { name: 'Erase…' }).click()],
  ['/', 'Nothing needs attention.'],
  ['/live', 'Waiting for the next change.'],
  ['/audit', 'This service has no audit log.'],
  ['/keys', 'This service has no API keys.'],
  ['/health', 'This node is ready.'],
  ['/nothing', 'There is no such page.'],
];

async function checkViews(t: TestContext, theme: 'light' | 'dark', width: number): Promise<void> {
  const console = await startConsoleService(t);
  const { id } = await console.open({ user_id: 'ann', user_name: 'Ann Lee', client: PHONE, address: '10.2.0.7' });
  await console.open({ user_id: 'bob', actor: { type: 'agent', id: 'bot-1' }, auth_level: 2 });
  const page = await openConsole(t, console, '/sessions', { theme, width });
  for (const [path, text, act] of VIEWS) {
    await page.goto(`${console.url}/console${path.replace('ID', id)}`);
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await page.getByText(text).first().waitFor();
    await act?.(page);
    assert.deepEqual(
      await violations(page, (await page.locator('.popover').count()) > 0 ? '.popover' : 'html'),
      [],
      path,
    );
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.equal(overflow, 0, `${path} is wider than the window`);
  }
}

test('every view of the console meets WCAG 2.2 AA in the light theme', { skip }, (t) => checkViews(t, 'light', 1_440));
test('every view of the console meets WCAG 2.2 AA in the dark theme', { skip }, (t) => checkViews(t, 'dark', 1_440));
test('every view of the console meets WCAG 2.2 AA at a width of 320 pixels', { skip }, (t) =>
  checkViews(t, 'light', 320),
);
