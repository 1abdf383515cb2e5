import { setTimeout as delay } from 'node:timers/promises';
import { createSessionsClient } from '@pip-sessions/client';
import { Process } from '../processes.ts';
import { percentile, sharedTime } from './figures.ts';
import type { FromReaders } from './readers.ts';
import { type StoreName, startTestBed } from './test-bed.ts';

const PROCESSES = 4;
const CLIENTS_EACH = 50;
const READY_TIMEOUT_MS = 60_000;
const WATCHING_TIMEOUT_MS = 60_000;
const REFUSED_TIMEOUT_MS = 10_000;
/** Limit from the request of the close, at the 99th percentile of the clients. */
const SEEN_MS_MAX = 20;
const TOLD_WITHIN_MS = 250;
/** A random pause, so that rounds begin at different moments between two heartbeats. */
const PAUSE_MS_MAX = 250;

/** Measures the time from a close at node A until the clients of both nodes reject the token that they had cached. */
export async function measureRevocation(
  name: StoreName,
  rounds: number,
  say: (line: string) => void,
): Promise<boolean> {
  const testBed = await startTestBed(name);
  const readers = Array.from({ length: PROCESSES }, (_, n) =>
    Process.start(`readers ${n}`, new URL('readers.ts', import.meta.url), [String(CLIENTS_EACH), ...testBed.urls]),
  );
  try {
    // A client does not cache sessions that its node cached before the client followed the node's changes.
    await Promise.all(readers.map((process) => process.next<FromReaders>(READY_TIMEOUT_MS)));
    const node = createSessionsClient({ url: testBed.urls[0] });
    const doubted: number[] = [];
    const refused: number[] = [];
    const refusedAfterAnswer: number[] = [];
    let asked_service = 0;
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const { session, token } = await node.open({ user_id: `user-${round}` });
      // A client that reads the session before it has received the open would not cache it.
      await delay(TOLD_WITHIN_MS);
      await Promise.all(readers.map((process) => process.ask<FromReaders>({ token }, WATCHING_TIMEOUT_MS)));
      await delay(Math.random() * PAUSE_MS_MAX);
      const refusals = readers.map((process) => process.next<FromReaders>(REFUSED_TIMEOUT_MS));
      const asked = sharedTime();
      await node.close(session.id);
      const answered = sharedTime();
      for (const refusal of await Promise.all(refusals)) {
        if (refusal.type !== 'refused') throw new Error('the readers sent an unexpected message');
        if (round === 0) continue;
        asked_service += refusal.asked_service;
        for (const client of refusal.refusals) {
          doubted.push(client.doubted - asked);
          refused.push(client.refused - asked);
          refusedAfterAnswer.push(Math.max(0, client.refused - answered));
        }
      }
    }
    const clients = PROCESSES * CLIENTS_EACH;
    say(
      `${name}: ${rounds} closes at node A, received by ${clients} clients of ${name === 'sqlite' ? 'it' : 'A and B'}`,
    );
    say(`  not served from the cache any more, after the request of the close: ${times(doubted)}`);
    say(`  rejected, after the request: ${times(refused)}; after its response: ${times(refusedAfterAnswer)}`);
    say(
      `  requests of a client per close: ${(asked_service / rounds / clients).toFixed(2)} (none if it received the end)`,
    );
    return percentile(refused, 0.99) <= SEEN_MS_MAX;
  } finally {
    await Promise.all(readers.map((process) => process.stop()));
    await testBed.remove();
  }
}

function times(values: readonly number[]): string {
  const [median, late, last] = [0.5, 0.99, 1].map((part) => percentile(values, part).toFixed(1));
  return `median ${median} ms, p99 ${late} ms, last ${last} ms`;
}
