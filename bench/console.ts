/**
 * Measures the console in Chromium, on a store with very many sessions. It measures the first rows of a page load, right after a
 * start and later, the first rows of each filter, and the time until a change is shown.
 * `npm run bench:console -- [--store sqlite|postgres|redis|cluster] [--sessions 1000000] [--starts 5] [--loads 5] [--url <store>]
 * [--main <main.js>]`. A store of `--url` is kept, and filled only if it is empty. `--main` is the built service, or that of another
 * checkout.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../testing/browser/chromium.ts';
import { percentile } from './near/figures.ts';
import { fill } from './search/fill.ts';
import { queries } from './search/queries.ts';
import { startStore } from './search/start-store.ts';
import { ServiceProcess } from './service-process.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    sessions: { type: 'string', default: '1000000' },
    starts: { type: 'string', default: '5' },
    loads: { type: 'string', default: '5' },
    url: { type: 'string' },
    main: { type: 'string' },
  },
});

const WINDOW_MS = 1_500;

/** Resolves with the time of the page at which it shows rows, or says that there are none. */
const FIRST_ROWS = `new Promise((resolve) => {
  const look = () => {
    const hasRows = document.querySelector('.table tbody tr:not([aria-hidden])') !== null;
    if (hasRows || document.body.innerText.includes('No session')) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})`;

/** Milliseconds from the start of the navigation. */
async function load(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' });
  return Number(await page.evaluate(FIRST_ROWS));
}

/** Milliseconds from a click on a link with these parameters, in a page that has not shown the list before. */
async function filterBy(page: Page, console_url: string, parameters: string): Promise<number> {
  await page.goto(`${console_url}/nothing`);
  await page.getByText('There is no such page.').first().waitFor();
  const path = `/console/sessions?${parameters}`;
  return Number(
    await page.evaluate(`(async () => {
      const began = performance.now();
      history.pushState(null, '', '${path}');
      dispatchEvent(new PopStateEvent('popstate'));
      return (await ${FIRST_ROWS}) - began;
    })()`),
  );
}

function times(name: string, all: readonly number[]): void {
  const [median, greatest] = [percentile(all, 0.5), Math.max(...all)].map((ms) => Math.round(ms));
  console.log(`| ${name} | ${Math.round(all[0] ?? 0)} | ${median} | ${greatest} |`);
}

/** A page with an empty cache. Chromium first loads the parts of its own window, which takes both cores. */
async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  await delay(WINDOW_MS);
  return page;
}

async function measureLoads(browser: Browser, store: string): Promise<void> {
  const first: number[] = [];
  const newBrowser: number[] = [];
  const later: number[] = [];
  for (let start = 0; start < Number(values.starts); start += 1) {
    const service = await ServiceProcess.start(store, values.main);
    const url = `${service.url}/console/sessions`;
    for (const all of [first, newBrowser]) {
      const page = await newPage(browser);
      all.push(await load(page, url));
      if (all === newBrowser) for (let n = 0; n < Number(values.loads); n += 1) later.push(await load(page, url));
      await page.context().close();
    }
    await service.stop();
  }
  times('first rows of the first page load after a start', first);
  times('first rows in another new browser', newBrowser);
  times('first rows of a later page load', later);
}

async function measureFilters(page: Page, service: ServiceProcess): Promise<void> {
  for (const [name, filter] of Object.entries(queries(Date.now()))) {
    const { active, total, ...rest } = filter;
    if (total !== undefined) continue;
    const state = { true: 'live', false: 'ended' }[active ?? ''] ?? 'all';
    const parameters = new URLSearchParams({ ...rest, state }).toString();
    const all: number[] = [];
    for (let n = 0; n < Number(values.loads); n += 1)
      all.push(await filterBy(page, `${service.url}/console`, parameters));
    times(name, all);
  }
}

/** From the response to a close until the page shows the end. */
async function measureChange(page: Page, service: ServiceProcess): Promise<void> {
  const call = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(service.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`POST ${path} got ${response.status}`);
    return (await response.json()) as { readonly session: { readonly id: string } };
  };
  const all: number[] = [];
  for (let n = 0; n < Number(values.loads); n += 1) {
    const { session } = await call('/v2/sessions', { user_id: `watched-${n}` });
    await load(page, `${service.url}/console/sessions?user_id=watched-${n}&state=all`);
    const ended = page.getByText('Ended', { exact: false }).and(page.locator('.table td *')).first();
    await call(`/v2/sessions/${session.id}/close`, {});
    const began = performance.now();
    await ended.waitFor();
    all.push(performance.now() - began);
  }
  times('a change on screen', all);
}

const { url: store, remove } = await startStore(values.store, values.url);
let service: ServiceProcess | null = null;
const browser = await launchChromium();
try {
  await fill(store, Number(values.sessions));
  console.log('| | first ms | median | greatest |\n|---|---|---|---|');
  await measureLoads(browser, store);
  service = await ServiceProcess.start(store, values.main);
  const page = await newPage(browser);
  await measureFilters(page, service);
  await measureChange(page, service);
} finally {
  await browser.close();
  await service?.kill();
  await remove();
}
