import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startTestServer } from '../../../../testing/http/test-server.ts';
import { TcpProxy } from '../../../../testing/servers/proxy.ts';
import type { Standstill } from '../../../near-cache/src/fixtures/simulated-machine.ts';

const READER = fileURLToPath(new URL('fixtures/cached-reader.ts', import.meta.url));
const WAIT_MS_MAX = 30_000;
/** Heartbeats wait for the stopped process, and the session ends after them. */
const GATHER_MS = 1_300;
const STOPPED_MS = 4_500;

/**
 * The time of the last read from memory, in milliseconds after the end of the session and after the process resumed.
 */
async function measure(t: TestContext, standstill: Standstill) {
  const { url, sessions, clock, stop } = await startTestServer();
  t.after(stop);
  const proxy = await TcpProxy.start(Number(new URL(url).port));
  t.after(() => proxy.stop());
  const { session, token } = await sessions.openWithToken({ user_id: 'u' }, null);
  // The touch of a session in use makes it cacheable.
  clock.advance(1);
  const input = [url, `http://127.0.0.1:${proxy.port}`, token, standstill];
  const reader = fork(READER, input, { execArgv: ['--conditions=source'] });
  t.after(() => reader.kill('SIGKILL'));
  const signal = AbortSignal.timeout(WAIT_MS_MAX);
  assert.deepEqual((await once(reader, 'message', { signal }))[0], 'from memory');
  reader.kill('SIGSTOP');
  await delay(GATHER_MS);
  // The stream sends no further event but stays open. The service itself responds.
  proxy.mode = 'drop';
  await sessions.close(session.id);
  const ended = performance.now();
  await delay(STOPPED_MS - GATHER_MS);
  const continued = performance.now();
  reader.kill('SIGCONT');
  const [ago_ms] = await once(reader, 'message', { signal });
  const last = performance.now() - Number(ago_ms);
  return { after_end_ms: last - ended, after_continue_ms: last - continued };
}

test('[M-02] a resumed process serves an ended session for at most 3 seconds', async (t) => {
  const [stopped, suspended, paused] = await Promise.all(
    (['no clock', 'the monotonic clock', 'both clocks'] as const).map((standstill) => measure(t, standstill)),
  );
  assert.ok(stopped && stopped.after_end_ms <= 3_000, `${stopped?.after_end_ms} ms`);
  assert.ok(suspended && suspended.after_end_ms <= 3_000, `${suspended?.after_end_ms} ms`);
  // If both clocks stand still, as in a paused virtual machine, only the service's clock can reveal it.
  assert.ok(paused && paused.after_continue_ms <= 3_000, `${paused?.after_continue_ms} ms`);
});
