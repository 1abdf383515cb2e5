import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SHIFTS, shiftedClocks } from '../../../../../testing/service/shifted-clocks.ts';
import { ChangeEvents } from '../../../../client/src/cached/change-events.ts';
import { MemoryStore } from '../../stores/memory/store.ts';
import { ChangeFeed } from './change-feed.ts';

const HEARTBEAT_MS = 20;
const TIMEOUT_MS = 10_000;

/** Yields the chunks of a change stream. */
async function startStream(t: TestContext) {
  const source = new MemoryStore({ sessions_max: 10 });
  const feed = new ChangeFeed({ source, onSlow: () => {}, bounds: { heartbeat_ms: HEARTBEAT_MS } });
  const server = createServer((request, response) => feed.serve(request, response, null));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  t.after(() => feed.close());
  const { body } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/changes`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  assert.ok(body);
  return body.getReader();
}

for (const [what, shift] of Object.entries(SHIFTS)) {
  test(`[M-03] when ${what}, clients drop the node's change stream`, async (t) => {
    // The listener's machine was not suspended.
    const began = process.hrtime.bigint();
    const now = () => Number(process.hrtime.bigint() - began) / 1e6;
    const shiftClocks = shiftedClocks(t);
    const events = new ChangeEvents({ changed: () => {}, gap: () => {} }, now, now());
    const stream = await startStream(t);
    let fresh_until: number | null = null;
    const read = async () => {
      const { value } = await stream.read();
      assert.ok(value, 'the stream continues');
      for (const taken of events.take(value)) fresh_until = taken.fresh_until ?? fresh_until;
    };
    while (fresh_until === null) await read();
    shiftClocks(shift);
    await assert.rejects(
      async () => {
        for (let reads = 0; reads < 100; reads += 1) await read();
      },
      { message: 'a heartbeat is ahead of the clock, which has stood still' },
    );
    await stream.cancel();
  });
}
