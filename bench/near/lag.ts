import { setTimeout as delay } from 'node:timers/promises';
import { createSessionsClient } from '@pip-sessions/client';
import { percentile, sharedTime } from './figures.ts';
import { type StoreName, startTestBed } from './test-bed.ts';

const LISTENERS = 50;
const CALLERS = 20;
/** A caller opens a session, waits, closes it and waits: together about 200 closes a second. */
const PAUSE_MS = 45;
const WARM_UP_MS = 2_000;

/**
 * Measures the revocation lag at node B of closes at node A: by its own metric, and from the request of each close until
 * the last of the listeners of B has received it.
 */
export async function measureLag(name: StoreName, seconds: number, say: (line: string) => void): Promise<boolean> {
  const bed = await startTestBed(name);
  const [here, there] = bed.urls;
  const requested = new Map<string, { readonly time: number; listeners: number }>();
  const lags: number[] = [];
  const end = new AbortController();
  const received = (id: string) => {
    const close = requested.get(id);
    if (!close) return;
    close.listeners -= 1;
    if (close.listeners === 0) lags.push(sharedTime() - close.time);
  };
  try {
    for (let count = 0; count < LISTENERS; count += 1) void listen(there, end.signal, received);
    const callers = Array.from({ length: CALLERS }, async () => {
      const client = createSessionsClient({ url: here });
      while (!end.signal.aborted) {
        const { session } = await client.open({ user_id: 'ann' });
        await delay(PAUSE_MS);
        requested.set(session.id, { time: sharedTime(), listeners: LISTENERS });
        await client.close(session.id);
        await delay(PAUSE_MS);
      }
    });
    await delay(WARM_UP_MS);
    lags.length = 0;
    const before = await bucketsOf(there);
    await delay(seconds * 1_000);
    const buckets = (await bucketsOf(there)).map(({ bound, count }, index) => ({
      bound,
      count: count - (before[index]?.count ?? 0),
    }));
    end.abort();
    await Promise.all(callers);
    const [median, late] = [0.5, 0.99].map((part) => percentile(lags, part).toFixed(1));
    say(`${name}: ${lags.length} closes at node A in ${seconds} s, to ${LISTENERS} listeners of node B`);
    say(`  from the request of the close until the last listener has received it: median ${median} ms, p99 ${late} ms`);
    const [middle, most] = [0.5, 0.99].map((part) => quantile(buckets, part).toFixed(1));
    say(`  metric of node B, interpolated as by Prometheus: median ${middle} ms, p99 ${most} ms`);
    return lags.length > 0;
  } finally {
    end.abort();
    await bed.remove();
  }
}

async function listen(url: string, signal: AbortSignal, received: (id: string) => void): Promise<void> {
  try {
    const { body } = await fetch(`${url}/v2/changes`, { signal });
    let rest = '';
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (rest + piece).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const id = /"id":"(\w+)".*"close_reason":"closed"/.exec(event)?.[1];
        if (id !== undefined) received(id);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface Bucket {
  /** In milliseconds. */
  readonly bound: number;
  /** The number of values up to the bound. */
  readonly count: number;
}

async function bucketsOf(url: string): Promise<readonly Bucket[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(/^sessions_changes_delivery_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm);
  return Array.from(lines, ([, bound, count]) => ({
    bound: bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * 1_000,
    count: Number(count),
  }));
}

function quantile(buckets: readonly Bucket[], part: number): number {
  const rank = (buckets.at(-1)?.count ?? 0) * part;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const [low, high] = [buckets[index - 1] ?? { bound: 0, count: 0 }, buckets[index] ?? { bound: 0, count: 0 }];
  if (high.bound === Number.POSITIVE_INFINITY) return low.bound;
  return low.bound + ((high.bound - low.bound) * (rank - low.count)) / (high.count - low.count);
}
