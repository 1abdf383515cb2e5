/**
 * Measures searches of sessions over HTTP, in a store that has very many.
 * `npm run bench:search -- [--store sqlite|postgres|redis|cluster] [--sessions 1000000] [--requests 30] [--only <part of a name>]
 * [--url <store>] [--main <main.ts>]`. A store of `--url` is kept, and filled only if it is empty. `--main` is that of another
 * checkout, for a comparison.
 */
import { parseArgs } from 'node:util';
import { percentile } from './near/figures.ts';
import { fill } from './search/fill.ts';
import { queries } from './search/queries.ts';
import { startStore } from './search/start-store.ts';
import { ServiceProcess } from './service-process.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    sessions: { type: 'string', default: '1000000' },
    requests: { type: 'string', default: '30' },
    only: { type: 'string', default: '' },
    url: { type: 'string' },
    main: { type: 'string' },
  },
});
const LIMIT = 100;
/** Following pages are requested until this many sessions are found, as a person who waits for the first 100 would. */
const PAGES_MAX = 50;

interface Page {
  readonly ms: number;
  readonly found: number | '503';
  readonly cursor: string | null;
}

async function page(service: ServiceProcess, query: URLSearchParams, cursor: string | null): Promise<Page> {
  const search = new URLSearchParams([...query, ['limit', String(LIMIT)], ...(cursor ? [['cursor', cursor]] : [])]);
  const began = performance.now();
  const response = await fetch(`${service.url}/v2/sessions?${search}`);
  const body = (await response.json()) as { readonly items: readonly object[]; readonly next_cursor: string | null };
  const ms = performance.now() - began;
  // A total may take longer than the store may: the caller gets an error in time.
  if (response.status === 503) return { ms, found: '503', cursor: null };
  if (!response.ok) throw new Error(`GET /v2/sessions?${search} got ${response.status}: ${JSON.stringify(body)}`);
  return { ms, found: body.items.length, cursor: body.next_cursor };
}

/** Reads pages until there are `LIMIT` sessions or no more. */
async function pagesUntilFull(service: ServiceProcess, query: URLSearchParams) {
  let found = 0;
  let cursor: string | null = null;
  const ms: number[] = [];
  do {
    const next: Page = await page(service, query, cursor);
    found += next.found === '503' ? 0 : next.found;
    cursor = next.cursor;
    ms.push(next.ms);
  } while (found < LIMIT && cursor !== null && ms.length < PAGES_MAX);
  const isAll = found >= LIMIT || cursor === null;
  return { pages: `${isAll ? '' : '> '}${ms.length}`, all_ms: ms.reduce((sum, one) => sum + one, 0), found };
}

async function measure(service: ServiceProcess): Promise<void> {
  console.log('| Search | first ms | p50 | p99 | sessions | pages for 100 | ms for these, sessions |');
  console.log('|---|---|---|---|---|---|---|');
  for (const [name, members] of Object.entries(queries(Date.now()))) {
    if (!name.includes(values.only)) continue;
    const query = new URLSearchParams(members);
    const cold = await page(service, query, null);
    const all: number[] = [];
    for (let n = 0; n < Number(values.requests); n += 1) all.push((await page(service, query, null)).ms);
    const { pages, all_ms, found } = await pagesUntilFull(service, query);
    const times = [cold.ms, percentile(all, 0.5), percentile(all, 0.99)].map((ms) => ms.toFixed(1));
    console.log(`| ${[name, ...times, cold.found, pages].join(' | ')} | ${Math.round(all_ms)}, ${found} |`);
  }
}

const store = await startStore(values.store, values.url);
let service: ServiceProcess | null = null;
try {
  const began = performance.now();
  await fill(store.url, Number(values.sessions));
  console.log(
    `${values.sessions} sessions in ${store.url}, filled in ${Math.round((performance.now() - began) / 1000)} s`,
  );
  service = await ServiceProcess.start(store.url, values.main);
  await measure(service);
} finally {
  await service?.kill();
  await store.remove();
}
