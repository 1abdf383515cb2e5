import { setTimeout as delay } from 'node:timers/promises';
import { createSessionsClient } from '@pip-sessions/client';
import { Process } from '../processes.ts';
import { percentile, sharedTime } from './figures.ts';
import type { FromReaders } from './readers.ts';
import { type StoreName, startStage } from './stage.ts';

const PROCESSES = 4;
const CLIENTS_EACH = 50;
const WATCHING_TIMEOUT_MS = 60_000;
const REFUSED_TIMEOUT_MS = 10_000;
/** From the request of the close on, at the 99th of a hundred clients. */
const SEEN_MS_MAX = 20;
/** Rounds do not begin at the same moment between two heartbeats. */
const PAUSE_MS_MAX = 250;

/** A close at node A until the clients of both nodes refuse the token that they all read from memory. */
export async function measureRevocation(
  name: StoreName,
  rounds: number,
  say: (line: string) => void,
): Promise<boolean> {
  const stage = await startStage(name);
  const readers = Array.from({ length: PROCESSES }, (_, n) =>
    Process.start(`readers ${n}`, new URL('readers.ts', import.meta.url), [String(CLIENTS_EACH), ...stage.urls]),
  );
  try {
    const node = createSessionsClient({ url: stage.urls[0] });
    const fromRequest: number[] = [];
    const fromAnswer: number[] = [];
    let asked_service = 0;
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const { session, token } = await node.open({ user_id: `user-${round}` });
      await Promise.all(readers.map((process) => process.ask<FromReaders>({ token }, WATCHING_TIMEOUT_MS)));
      await delay(Math.random() * PAUSE_MS_MAX);
      const refusals = readers.map((process) => process.next<FromReaders>(REFUSED_TIMEOUT_MS));
      const asked = sharedTime();
      await node.close(session.id);
      const answered = sharedTime();
      for (const refusal of await Promise.all(refusals)) {
        if (refusal.type !== 'refused') throw new Error('Readers have said something else.');
        if (round === 0) continue;
        asked_service += refusal.asked_service;
        fromRequest.push(...refusal.at.map((at) => at - asked));
        fromAnswer.push(...refusal.at.map((at) => Math.max(0, at - answered)));
      }
    }
    const clients = PROCESSES * CLIENTS_EACH;
    say(`${name}: ${rounds} closes at node A, seen by ${clients} clients of ${name === 'sqlite' ? 'it' : 'A and B'}`);
    say(`  after the request ${times(fromRequest)}; after its answer ${times(fromAnswer)}`);
    say(
      `  the clients asked the service ${(asked_service / rounds / clients).toFixed(2)} times a close (once expected)`,
    );
    return percentile(fromRequest, 0.99) <= SEEN_MS_MAX;
  } finally {
    await Promise.all(readers.map((process) => process.stop()));
    await stage.remove();
  }
}

function times(values: readonly number[]): string {
  const [median, late, last] = [0.5, 0.99, 1].map((part) => percentile(values, part).toFixed(1));
  return `median ${median} ms, p99 ${late} ms, last ${last} ms`;
}
