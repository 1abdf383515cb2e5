import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from '../browser/chromium.ts';
import { until } from '../until.ts';
import { FILLED_STORE, openConsole, signIn, startConsoleService } from './console-page.ts';

const dialog = (page: Page) => page.getByRole('dialog');
const row = (page: Page, text: string) => page.getByRole('row').filter({ has: page.getByText(text, { exact: true }) });

test('an unknown key does not sign in; a known one does, and signs out', { skip }, async (t) => {
  const console = await startConsoleService(t, { keys: true });
  await console.open({ user_id: 'ann' });
  const page = await openConsole(t, console, '/sessions');
  await page.getByLabel('API key').fill('psk_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').filter({ hasText: 'does not know this key' }).waitFor();
  await signIn(page, 'admin');
  await row(page, 'ann').waitFor();
  await page.getByRole('button', { name: 'boss, scope admin' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('API key').waitFor();
});

test('a key of scope write ends a single session, and is not offered what needs admin', { skip }, async (t) => {
  const console = await startConsoleService(t, { keys: true });
  const { id } = await console.open({ user_id: 'ann' });
  const page = await openConsole(t, console, '/sessions');
  await signIn(page, 'write');
  await row(page, 'ann').waitFor();
  assert.equal(await page.getByRole('button', { name: /End all/ }).count(), 0);
  await page.goto(`${console.url}/console/user?id=ann`);
  await row(page, 'ann').waitFor();
  assert.equal(await page.getByRole('button', { name: /Erase|Export|End all/ }).count(), 0);
  await row(page, 'ann').click();
  await page.getByRole('button', { name: 'End session…' }).click();
  await dialog(page).getByLabel('Note').fill('staff:7');
  await dialog(page).getByRole('button', { name: 'End session' }).click();
  await until(async () => !(await console.read(id)).active);
  const { close_reason, closed_by } = await console.read(id);
  assert.deepEqual({ close_reason, closed_by }, { close_reason: 'revoked', closed_by: 'staff:7' });
});

test('with the keyboard alone the right session ends, and only it', { skip }, async (t) => {
  const console = await startConsoleService(t);
  const kept = await console.open({ user_id: 'ann', client: 'laptop' });
  const right = await console.open({ user_id: 'ann', client: 'phone' });
  const page = await openConsole(t, console, '/sessions');
  await row(page, 'phone').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('ann');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /User id ann/ }).waitFor();
  await row(page, 'phone').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary').getByText(right.id.slice(0, 8)).waitFor();
  await page.keyboard.press('e');
  await dialog(page).getByText('phone').waitFor();
  await page.keyboard.press('Tab');
  await dialog(page).getByRole('button', { name: 'End session' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('will be ended').waitFor();
  assert.equal((await console.read(right.id)).active, true, 'it can still be undone');
  await until(async () => !(await console.read(right.id)).active);
  assert.equal((await console.read(kept.id)).active, true);
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => !url.searchParams.has('session'));
  await page.keyboard.press('?');
  await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
});

test('an end that is undone is never sent', { skip }, async (t) => {
  const console = await startConsoleService(t);
  const { id } = await console.open({ user_id: 'ann' });
  const page = await openConsole(t, console, `/sessions?session=${id}`);
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  await page.clock.install();
  await page.getByRole('button', { name: 'End session…' }).click();
  await dialog(page).getByRole('button', { name: 'End session' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.clock.runFor(20_000);
  assert.deepEqual(sent, []);
  assert.equal((await console.read(id)).active, true);
});

test('a bulk end needs the typed number, ends what matches, and nothing else', { skip }, async (t) => {
  const console = await startConsoleService(t);
  const opened = await Promise.all(
    Array.from({ length: 60 }, (_, index) => console.open({ user_id: `u${index}`, address: '198.51.100.7' })),
  );
  const other = await console.open({ user_id: 'other', address: '198.51.101.7' });
  const page = await openConsole(t, console, '/sessions?address=198.51.100.0%2F24');
  await page.getByRole('button', { name: 'End all that match…' }).click();
  await dialog(page).getByText('60 sessions of 60 users').waitFor();
  const confirm = dialog(page).getByRole('button', { name: 'End 60 sessions' });
  await dialog(page).getByLabel('Type 60 to confirm').fill('6');
  await dialog(page).getByLabel('Type 60 to confirm').press('Enter');
  assert.equal(await confirm.getAttribute('aria-disabled'), 'true');
  await dialog(page).getByLabel('Type 60 to confirm').fill('60');
  await confirm.click();
  await dialog(page).getByText('60 sessions ended.').waitFor();
  const download = page.waitForEvent('download');
  await dialog(page).getByRole('button', { name: 'Save as CSV' }).click();
  assert.equal((await download).suggestedFilename(), 'ended-sessions.csv');
  const states = await Promise.all(opened.map(async ({ id }) => (await console.read(id)).active));
  assert.ok(states.every((active) => !active));
  assert.equal((await console.read(other.id)).active, true);
});

test('selected sessions end, and the others of the list stay', { skip }, async (t) => {
  const console = await startConsoleService(t);
  const [first, second, third] = [
    await console.open({ user_id: 'ann' }),
    await console.open({ user_id: 'bob' }),
    await console.open({ user_id: 'cleo' }),
  ];
  const page = await openConsole(t, console, '/sessions');
  await page.getByLabel('Select the session of ann', { exact: true }).check();
  await page.getByLabel('Select the session of cleo', { exact: true }).check();
  await page.getByRole('button', { name: 'End 2 sessions…' }).click();
  await dialog(page).getByText('2 sessions of 2 users').waitFor();
  await dialog(page).getByRole('button', { name: 'End 2 sessions' }).click();
  await dialog(page).getByText('2 sessions ended.').waitFor();
  const states = await Promise.all([first, second, third].map(async ({ id }) => (await console.read(id)).active));
  assert.deepEqual(states, [false, true, false]);
});

test('the end of all sessions leaves the console signed in, which no list shows', {
  skip: skip || (FILLED_STORE !== undefined && 'it would end too many'),
}, async (t) => {
  const console = await startConsoleService(t, { keys: true });
  const { id } = await console.open({ user_id: 'ann' });
  const page = await openConsole(t, console, '/sessions');
  await signIn(page, 'admin');
  await row(page, 'ann').waitFor();
  assert.equal(await page.getByRole('row').count(), 2);
  await page.getByRole('button', { name: 'End all live sessions…' }).click();
  await dialog(page).getByText('1 session of 1 user').waitFor();
  await dialog(page).getByRole('button', { name: 'End 1 session' }).click();
  await dialog(page).getByText('1 session ended.').waitFor();
  assert.equal((await console.read(id)).active, false);
  await page.reload();
  await page.getByText('No session is live.').waitFor();
});

test('a session is deleted after a confirmation, and its row says so', { skip }, async (t) => {
  const console = await startConsoleService(t);
  await console.open({ user_id: 'bob' });
  const { id } = await console.open({ user_id: 'ann' });
  const page = await openConsole(t, console, `/sessions?session=${id}`);
  await page.getByRole('button', { name: 'Delete…' }).click();
  await dialog(page).getByText('The same from a command line').click();
  await dialog(page).getByText(`pip-sessions delete ${id}`).waitFor();
  await dialog(page).getByText(`curl -X DELETE ${console.url}/v2/sessions/${id}`).waitFor();
  await dialog(page).getByRole('button', { name: 'Delete session' }).click();
  await page.getByText('There is no session with this id.').waitFor();
  await row(page, 'ann').getByText('Deleted').waitFor();
  await row(page, 'bob').getByText('Live').waitFor();
  assert.equal((await fetch(`${console.url}/v2/sessions/${id}`)).status, 404);
});

test('a list, an export and values have the lines of a shell that do the same', { skip }, async (t) => {
  const console = await startConsoleService(t);
  await console.open({ user_id: 'ann', data: { cart: 1 } });
  const page = await openConsole(t, console, '/user?id=ann');
  await row(page, 'ann').waitFor();
  assert.equal(await page.getByRole('button', { name: /End all that match|End all live/ }).count(), 0);
  const lines = async (button: string, text: RegExp) => {
    await page.getByRole('button', { name: button }).click();
    await page.locator('.popover').getByText(text).waitFor();
    await page.keyboard.press('Escape');
  };
  await lines('This list from a command line', /^pip-sessions list --active --user-id ann /);
  await lines('Export from a command line', /^pip-sessions user export ann /);
  await row(page, 'ann').click();
  await lines('Show the values from a command line', /^pip-sessions show \w+ --json /);
});

test('new sessions wait behind a button, and an ended one shows it without a reload', { skip }, async (t) => {
  const console = await startConsoleService(t);
  const { id } = await console.open({ user_id: 'ann' });
  const page = await openConsole(t, console, '/sessions');
  await row(page, 'ann').getByText('Live').waitFor();
  await page.getByRole('status', { name: 'Change stream: live' }).waitFor();
  await console.open({ user_id: 'bob' });
  await page.getByRole('button', { name: '1 new' }).waitFor();
  assert.equal(await row(page, 'bob').count(), 0);
  await fetch(`${console.url}/v2/sessions/${id}/close`, { method: 'POST' });
  await row(page, 'ann').getByText('Ended', { exact: true }).waitFor();
  await page.getByRole('button', { name: '1 new' }).click();
  await row(page, 'bob').waitFor();
});

test('values are shown only after a reveal', { skip }, async (t) => {
  const console = await startConsoleService(t);
  const { id } = await console.open({ user_id: 'ann', data: { cart: ['apple'] } });
  const page = await openConsole(t, console, `/sessions?session=${id}`);
  await page.getByText('18 bytes').waitFor();
  assert.equal(await page.getByText('apple').count(), 0);
  await page.getByRole('button', { name: 'Reveal' }).click();
  await page.getByText('"apple"').waitFor();
});

test('while the service is away the last data stay, and actions say why they wait', { skip }, async (t) => {
  const console = await startConsoleService(t);
  const { id } = await console.open({ user_id: 'ann' });
  const page = await openConsole(t, console, `/sessions?session=${id}`);
  const end = page.getByRole('button', { name: 'End session…' });
  await end.waitFor();
  await page.getByRole('status', { name: 'Change stream: live' }).waitFor();
  await console.service.stop();
  await page.getByText('The service does not respond.').first().waitFor();
  await until(async () => (await end.getAttribute('aria-disabled')) === 'true');
  assert.match((await end.getAttribute('aria-description')) ?? '', /waits until the service responds/);
  assert.equal(await row(page, 'ann').count(), 1);
});

test('what is looked at has an address, and back leads to what was looked at before', { skip }, async (t) => {
  const console = await startConsoleService(t);
  const { id } = await console.open({ user_id: 'ann', address: '10.2.0.7' });
  const page = await openConsole(t, console, '/sessions');
  await row(page, 'ann').waitFor();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('button', { name: 'Address' }).click();
  await page.getByLabel('Address').fill('198.51.100.0/24');
  await page.keyboard.press('Enter');
  await page.getByText('No session matches this filter.').waitFor();
  assert.match(page.url(), /\?address=198.51.100.0%2F24$/);
  await page.goBack();
  await row(page, 'ann').click();
  await page.waitForURL(`${console.url}/console/sessions?session=${id}`);
  await page.reload();
  await page.getByRole('complementary').getByText('Time line').waitFor();
  await page.goBack();
  await page.getByRole('complementary').waitFor({ state: 'detached' });
});

test('a token in the search box leads to its session, and stays out of the address', { skip }, async (t) => {
  const console = await startConsoleService(t);
  const response = await fetch(`${console.url}/v2/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'ann' }),
  });
  const { session, token } = (await response.json()) as { session: { id: string }; token: string };
  const page = await openConsole(t, console, '/sessions');
  await page.getByRole('combobox').fill(token);
  await page.getByText('This is a token').waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${console.url}/console/sessions?session=${session.id}`);
});
