import { setTimeout as delay } from 'node:timers/promises';
import { type CachedSessionsClient, createCachedSessionsClient } from '@pip-sessions/client';
import { sharedTime } from './figures.ts';

/** The message to a process of readers: all its clients read this token from now on. */
export interface Watch {
  readonly token: string;
}

/** Messages of the process: all clients follow the changes; all serve the token from the cache; when each rejected it. */
export type FromReaders =
  | { readonly type: 'ready' }
  | { readonly type: 'watching' }
  | { readonly type: 'refused'; readonly refusals: readonly Refusal[]; readonly asked_service: number };

/** The moments, on the shared clock, when a client stopped serving from the cache and when it rejected the token. */
export interface Refusal {
  readonly doubted: number;
  readonly refused: number;
}

const READ_EVERY_MS = 2;

/** Many clients, each with its own cache, in one process: `<clients> <url> <url>…`. Each follows one of the nodes. */
const [count = '0', ...urls] = process.argv.slice(2);
const clients = Array.from({ length: Number(count) }, (_, n) =>
  createCachedSessionsClient({ url: urls[n % urls.length] ?? '' }),
);

async function follow(): Promise<void> {
  while (!clients.every((client) => client.cacheStats().fresh)) await delay(READ_EVERY_MS);
  send({ type: 'ready' });
}

async function watch({ token }: Watch): Promise<void> {
  await Promise.all(clients.map((client) => keep(client, token)));
  const loads = loadsOf();
  send({ type: 'watching' });
  const refusals = await Promise.all(clients.map((client) => refused(client, token)));
  send({ type: 'refused', refusals, asked_service: loadsOf() - loads });
}

/** Reads until the cache serves the token. */
async function keep(client: CachedSessionsClient, token: string): Promise<void> {
  for (;;) {
    const { hits } = client.cacheStats();
    if ((await client.read(token)) === null) throw new Error('a live session was rejected');
    if (client.cacheStats().hits > hits) return;
    await delay(READ_EVERY_MS);
  }
}

async function refused(client: CachedSessionsClient, token: string): Promise<Refusal> {
  for (;;) {
    const doubted = sharedTime();
    if ((await client.read(token)) === null) return { doubted, refused: sharedTime() };
    await delay(READ_EVERY_MS);
  }
}

function loadsOf(): number {
  return clients.reduce((sum, client) => sum + client.cacheStats().loads, 0);
}

function send(message: FromReaders): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit());
process.on('message', (message: Watch) => void watch(message));
await follow();
