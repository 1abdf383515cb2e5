import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { sendParts } from './parts.ts';

test('a response in parts stops at once when its client has gone', async (t) => {
  for (const isRead of [true, false]) {
    const stopped = Promise.withResolvers<void>();
    async function* parts() {
      try {
        for (;;) yield 'x'.repeat(100_000);
      } finally {
        stopped.resolve();
      }
    }
    const server = createServer((_request, response) => void sendParts(response, parts()));
    t.after(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { body } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const reader = body?.getReader() ?? assert.fail();
    if (isRead) await reader.read();
    await reader.cancel();
    await stopped.promise;
  }
});
