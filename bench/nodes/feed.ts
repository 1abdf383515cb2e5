import { createSessionsClient } from '@pip-sessions/client';
import { ServiceProcess } from '../service-process.ts';
import { type EngineName, startEngine } from './engines.ts';

const CLOSES = 2_000;
const AT_ONCE = 8;
const OPENED_TOGETHER = 256;

/**
 * Closes sessions at one node and measures the time until another node publishes the end in its change stream, from the
 * request of the close and from its response. Each closed session is also read at the other node at once.
 */
export async function measureFeed(name: EngineName, say: (line: string) => void): Promise<boolean> {
  const engine = await startEngine(name);
  const nodes = await Promise.all([0, 1].map(() => ServiceProcess.start(engine.url)));
  try {
    const [a, b] = nodes.map(({ url }) => createSessionsClient({ url }));
    if (!a || !b) return false;
    const ids: string[] = [];
    for (let first = 0; first < CLOSES; first += OPENED_TOGETHER) {
      const count = Math.min(OPENED_TOGETHER, CLOSES - first);
      const opened = Array.from({ length: count }, (_, n) => a.open({ user_id: `user-${first + n}` }));
      ids.push(...(await Promise.all(opened)).map(({ session }) => session.id));
    }
    const told = new Map<string, number>();
    const stream = await listen(nodes[1]?.url ?? '', told);
    const fromRequest: number[] = [];
    const fromAnswer: number[] = [];
    let seenLive = 0;
    const close = async (id: string) => {
      const asked = performance.now();
      await a.close(id);
      const answered = performance.now();
      if ((await b.get(id))?.active !== false) seenLive += 1;
      const heard = await stream.heard(id);
      fromRequest.push(heard - asked);
      fromAnswer.push(Math.max(0, heard - answered));
    };
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      await Promise.all(ids.slice(first, first + AT_ONCE).map(close));
    }
    stream.stop();
    const [request, answer] = [fromRequest, fromAnswer].map(percentiles);
    say(`${name}: ${ids.length} closes at node A, ${seenLive} read as live at node B afterwards (0 expected)`);
    say(`  published at node B after the request ${request}, after its response ${answer} (p99 of 50 ms expected)`);
    return seenLive === 0 && percentile(fromAnswer, 0.99) <= 50;
  } finally {
    await Promise.all(nodes.map((node) => node.kill()));
    await engine.remove();
  }
}

/** Follows `/v2/changes` and records when ends are published. */
async function listen(url: string, told: Map<string, number>) {
  const stopped = new AbortController();
  const response = await fetch(`${url}/v2/changes`, { signal: stopped.signal });
  const waiting = new Map<string, (time: number) => void>();
  const begun = Promise.withResolvers<void>();
  const run = async () => {
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (rest + chunk).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        if (event.includes('event: gap')) begun.resolve();
        const id = /"id":"(\w+)","revision":\d+,"close_reason":"closed"/.exec(event)?.[1];
        if (id === undefined) continue;
        const time = performance.now();
        told.set(id, time);
        waiting.get(id)?.(time);
        waiting.delete(id);
      }
    }
  };
  run().catch(() => {});
  await begun.promise;
  const heard = (id: string) => {
    const time = told.get(id);
    return time === undefined ? new Promise<number>((resolve) => waiting.set(id, resolve)) : Promise.resolve(time);
  };
  return { heard, stop: () => stopped.abort() };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function percentiles(values: readonly number[]): string {
  const [median, late] = [0.5, 0.99].map((part) => percentile(values, part).toFixed(1));
  return `${median} ms (p99 ${late} ms)`;
}
