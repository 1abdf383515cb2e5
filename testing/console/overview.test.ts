import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from '../browser/chromium.ts';
import { openConsole, signIn, startConsoleService, violations } from './console-page.ts';

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
const view = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name }).click();
const figure = (page: Page, name: string) => page.locator('.figure').filter({ hasText: name }).locator('.figure-value');

test('the views of operators', { skip, concurrency: false }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'console-views-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const log = join(folder, 'audit.log');
  const console = await startConsoleService(t, { keys: true, audit: `file:${log}` });
  const openPage = (path: string, theme: 'light' | 'dark' = 'light') => openConsole(t, console, path, { theme });
  const page = await openPage('/');
  await signIn(page, 'admin');

  await t.test('without sessions the overview has a line that opens one, and shows the session', async () => {
    const line = page.getByText(/^curl -X POST .*v2\/sessions/);
    assert.match((await line.textContent()) ?? '', /"authorization: Bearer \$SESSIONS_KEY".*'\{"user_id":"ann"\}'$/);
    assert.deepEqual(await violations(page), []);
    await page.getByRole('status', { name: 'Change stream: live' }).waitFor();
    const { id } = await console.open({ user_id: 'ann' });
    await page.getByText('The first session has arrived.').waitFor();
    await page.getByRole('link', { name: 'Open the session' }).click();
    await page.waitForURL(`${console.url}/console/sessions?session=${id}`);
  });

  await t.test('figures move with the changes, and a good day says so', async () => {
    await view(page, 'Overview');
    await page.getByText('Nothing needs attention.').waitFor();
    // The sign-in to the console is not counted.
    await figure(page, 'Live now').filter({ hasText: /^1$/ }).waitFor();
    await console.open({ user_id: 'bob' });
    await figure(page, 'Live now').filter({ hasText: /^2$/ }).waitFor();
    assert.deepEqual(await violations(page), []);
  });

  await t.test('an hour of the overview leads to its sessions', async () => {
    await page.getByText('The same as a table').click();
    await page.getByRole('link', { name: /Sessions opened in the hour/ }).click();
    await page.waitForURL(/sessions\?state=all&opened_after=[^&]*%3A00%3A00.000Z&opened_before=/);
    await row(page, 'bob').waitFor();
    await page.goBack();
    const chart = page.locator('.u-over');
    const { width, height } = (await chart.boundingBox()) ?? { width: 0, height: 0 };
    await chart.hover({ position: { x: width - 12, y: height / 2 } });
    await page.locator('.chart-tip').getByText('no activity').waitFor();
    await chart.click({ position: { x: width - 12, y: height / 4 } });
    await page.waitForURL(/sessions\?state=all&opened_after=/);
  });

  await t.test('a compromised session needs attention', async () => {
    await view(page, 'Overview');
    const { sessions } = console.service;
    const { token } = await sessions.openWithToken({ user_id: 'eve' }, null);
    const { token: next } = await sessions.rotate(token);
    await sessions.validate(next);
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 60_000 });
    await sessions.validate(token);
    t.mock.timers.reset();
    await page.getByText('1 session ended as compromised').waitFor();
    await page.getByRole('link', { name: 'Show them' }).click();
    await page.waitForURL(/sessions\?state=ended&close_reason=compromised$/);
    await row(page, 'eve').waitFor();
  });

  await t.test('live changes are listed with their sessions, and a pause counts on', async () => {
    await view(page, 'Live');
    await page.getByText('Waiting for the next change.').waitFor();
    const { id } = await console.open({ user_id: 'cleo', client: 'tablet', address: '10.1.1.1' });
    await row(page, 'cleo').getByText('tablet').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await console.service.sessions.close(id, 'revoked', 'staff:7');
    await page.getByText('Paused. 1 new.').waitFor();
    assert.equal(await row(page, 'Ended by hand').count(), 0);
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Go on' }).click();
    await row(page, 'Ended by hand').waitFor();
    await page.getByLabel('Filter the shown changes').fill('cleo');
    await page.getByRole('radio', { name: 'Opened' }).check();
    await page.waitForURL(/live\?q=cleo&kind=opened$/);
    await row(page, 'cleo').getByText('tablet').click();
    await page.getByRole('complementary').getByText('staff:7').first().waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('no line moves under the pointer', async () => {
    await page.goto(`${console.url}/console/live`);
    await page.getByRole('status', { name: 'Change stream: live' }).waitFor();
    await console.open({ user_id: 'dora' });
    await row(page, 'dora').hover();
    await console.open({ user_id: 'emil' });
    await page.getByText(/Held while you are in the list. 1 new/).waitFor();
    assert.equal(await row(page, 'emil').count(), 0);
    await page.mouse.move(5, 5);
    await row(page, 'emil').waitFor();
  });

  await t.test('keys are listed with their uses, and the command that makes one', async () => {
    await view(page, 'Keys');
    await row(page, 'boss').getByText('admin: also list, and end many').waitFor();
    await row(page, 'desk').getByText('not used').waitFor();
    await page.getByText(/^pip-sessions key --name/).waitFor();
    assert.deepEqual(await violations(page), []);
  });

  await t.test('the audit log has who revealed what, and shows a changed line', async () => {
    const { id } = await console.open({ user_id: 'finn', data: { cart: 1 } });
    await page.goto(`${console.url}/console/sessions?session=${id}`);
    await page.getByRole('button', { name: 'Reveal' }).click();
    await view(page, 'Audit');
    await row(page, 'Values of a session revealed').getByText('boss').waitFor();
    await page.getByText(/^The chain of the \d+ lines below is whole\.$/).waitFor();
    assert.deepEqual(await violations(page), []);
    writeFileSync(
      log,
      readFileSync(log, 'utf8').replace('"session_revealed","caller":"boss"', '"session_revealed","caller":"shop"'),
    );
    await page.getByRole('button', { name: 'Read again' }).click();
    await row(page, 'Values of a session revealed').getByText('shop').waitFor();
    // The changed line is the last one: the next line shows it.
    await page.getByRole('button', { name: 'boss, scope admin' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(page, 'admin');
    await view(page, 'Audit');
    await page.getByText('is broken').waitFor();
  });

  await t.test('the health of the node says what each figure means', async () => {
    await view(page, 'Health');
    await page.getByText('This node is ready.').waitFor();
    await row(page, 'Change streams').getByText(/^\d+$/).waitFor();
    await page.getByRole('cell', { name: 'A store in this process needs no cache.' }).waitFor();
    assert.deepEqual(await violations(page), []);
  });

  await t.test('a key of scope write sees the service, and which scope the rest needs', async () => {
    const other = await openPage('/', 'dark');
    await signIn(other, 'write');
    await other.getByText('Live now').waitFor();
    assert.deepEqual(await violations(other), []);
    for (const name of ['Audit', 'Keys']) {
      await view(other, name);
      await other.getByText('This needs a key with the scope admin.').waitFor();
    }
    await view(other, 'Live');
    await other.getByText('Waiting for the next change.').waitFor();
    await console.open({ user_id: 'gus' });
    await row(other, 'gus').waitFor();
    assert.deepEqual(await violations(other), []);
    await other.getByRole('button', { name: 'desk, scope write' }).click();
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByLabel('API key').waitFor();
  });
});
