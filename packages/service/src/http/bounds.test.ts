import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import { test } from 'node:test';
import { loadConfig } from '../config/config.ts';
import { createLogger } from '../observability/log.ts';
import { startService } from '../service.ts';
import { DEFAULT_BOUNDS } from './bounds.ts';
import { LISTENERS_MAX } from './changes/change-feed.ts';

test('[B-09] a started service has the connection timeouts that SECURITY.md states', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Server>();
  const take = (message: unknown) => resolve((message as { readonly server: Server }).server);
  subscribe('http.server.request.start', take);
  t.after(() => unsubscribe('http.server.request.start', take));
  const config = loadConfig({ SESSIONS_STORE: 'memory:', SESSIONS_PORT: '0' });
  const service = await startService(config, createLogger('silent'));
  t.after(service.stop);
  await (await fetch(`${service.url}/livez`, { headers: { connection: 'close' } })).text();
  const { headersTimeout, requestTimeout, keepAliveTimeout, keepAliveTimeoutBuffer } = await promise;
  assert.deepEqual([headersTimeout, requestTimeout], [10_000, 30_000]);
  assert.equal(keepAliveTimeout + (keepAliveTimeoutBuffer ?? 0), 650_000);
  const { handshake_timeout_ms, response_timeout_ms, check_interval_ms } = DEFAULT_BOUNDS;
  assert.deepEqual([handshake_timeout_ms, response_timeout_ms, check_interval_ms], [10_000, 30_000, 500]);
});

test('[M-09] [B-07] a started service has the limits that SECURITY.md states', () => {
  const { connections_max, caller_share, pipelined_max, held_bytes_max } = DEFAULT_BOUNDS;
  assert.deepEqual([connections_max, caller_share, pipelined_max, held_bytes_max], [10_000, 0.25, 16, 67_108_864]);
  assert.equal(LISTENERS_MAX, 5_000);
});
