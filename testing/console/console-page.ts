import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import type { OpenRequest, Session } from '@pip-sessions/contract/v2';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { newApiKey } from '../../packages/service/src/http/authentication/api-keys.ts';
import { createLogger, loadConfig, type RunningService, startService } from '../../packages/service/src/index.ts';
import { launchChromium } from '../browser/chromium.ts';

const KEYS = { write: newApiKey('desk', 'write'), admin: newApiKey('boss', 'admin') };

export interface ConsoleService {
  readonly url: string;
  readonly service: RunningService;
  /** Opens a session, as an application does. */
  readonly open: (request: OpenRequest) => Promise<Session>;
  readonly read: (id: string) => Promise<Session>;
}

/** A SQLite file with many sessions. Each service of the tests then uses a copy of it. */
export const FILLED_STORE = process.env.CONSOLE_STORE;

function newStore(t: TestContext): string {
  if (FILLED_STORE === undefined) return 'memory:';
  const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-console-'));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(FILLED_STORE, join(folder, 'sessions.db'));
  return `sqlite:${folder}/sessions.db`;
}

/** A service that serves the built console, by default in memory. With keys, it requires them. `audit` is `file:<path>`. */
export async function startConsoleService(
  t: TestContext,
  options: { readonly keys?: boolean; readonly audit?: string; readonly store?: string } = {},
): Promise<ConsoleService> {
  const keys = Object.values(KEYS).map(({ configured }) => configured);
  const config = loadConfig({
    SESSIONS_STORE: options.store ?? newStore(t),
    SESSIONS_PORT: '0',
    ...(options.keys && { SESSIONS_API_KEYS: keys.join(',') }),
    ...(options.audit && { SESSIONS_AUDIT: options.audit }),
  });
  const service = await startService(config, createLogger('silent'));
  t.after(() => service.stop());
  const call = async (path: string, init: RequestInit = {}) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEYS.admin.key}` };
    const response = await fetch(service.url + path, { ...init, headers });
    assert.ok(response.ok, `${path}: ${response.status}`);
    return response.json();
  };
  return {
    url: service.url,
    service,
    open: async (request) =>
      ((await call('/v2/sessions', { method: 'POST', body: JSON.stringify(request) })) as { session: Session }).session,
    read: async (id) => (await call(`/v2/sessions/${id}`)) as Session,
  };
}

/** The browser of all tests in a file. */
let chromium: Promise<Browser> | null = null;
after(async () => (await chromium)?.close());

export interface ConsolePageOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
}

/** A page of the console, with cookies of its own. The test fails if the page logs an error, such as one of the CSP. */
export async function openConsole(
  t: TestContext,
  { url }: { readonly url: string },
  path: string,
  { theme = 'light', width = 1_440 }: ConsolePageOptions = {},
): Promise<Page> {
  chromium ??= launchChromium();
  const browser = await chromium;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // A response with an error status is logged too: what the page makes of it is tested.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  t.after(() => assert.deepEqual(errors, []));
  await page.goto(`${url}/console${path}`);
  return page;
}

/** Signs in with a key of the scope. */
export async function signIn(page: Page, scope: keyof typeof KEYS): Promise<void> {
  await page.getByLabel('API key').fill(KEYS[scope].key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The violations of WCAG 2.2 AA that axe finds in the page or a part of it: rule, element. */
export async function violations(page: Page, part = 'html'): Promise<readonly string[]> {
  // While a dialog fades in, its colours have less contrast.
  await page.evaluate(
    'document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity).forEach((one) => one.finish())',
  );
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    `axe.run('${part}', { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary)))`,
  );
  return found as readonly string[];
}
