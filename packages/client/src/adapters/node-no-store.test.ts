import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { STORED } from '../middleware/fixtures/app.ts';
import { listen } from '../middleware/fixtures/listen.ts';
import { enforceNoStore } from './node-no-store.ts';

const OTHER = ['x-other', '1'] as const;
const ALL = [...Object.entries(STORED), OTHER];

/** The ways in which a response gets headers after `enforceNoStore`. */
const WAYS: Readonly<Record<string, (res: ServerResponse) => unknown>> = {
  setHeader: (res) => {
    for (const [name, value] of ALL) res.setHeader(name.toUpperCase(), value);
    res.end();
  },
  appendHeader: (res) => {
    for (const [name, value] of ALL) res.appendHeader(name, value);
    res.end();
  },
  'writeHead with an object': (res) => res.writeHead(200, Object.fromEntries(ALL)).end(),
  'writeHead with a list': (res) => res.writeHead(200, ALL.flat()).end(),
  'writeHead with pairs': (res) => {
    // Arguments that only HTTP/2 accepts.
    const headers = res.req.httpVersionMajor === 2 ? ALL.map(([name, value]) => [name, value]) : ALL.flat();
    res.writeHead(200, headers as string[]).end();
  },
  'removeHeader, and writing': (res) => {
    res.setHeader(...OTHER);
    res.removeHeader('Cache-Control');
    res.write('a');
    res.end();
  },
  'removeHeader, and flushHeaders': (res) => {
    res.setHeader(...OTHER);
    res.removeHeader('cache-control');
    res.flushHeaders();
    res.end();
  },
};

/** Sets headers when they are written, as the package on-headers does. */
function setWhenWritten(res: ServerResponse): void {
  const { writeHead } = res;
  res.writeHead = ((...input: unknown[]) => {
    for (const [name, value] of ALL) res.setHeader(name, value);
    return Reflect.apply(writeHead, res, input);
  }) as typeof writeHead;
}

function handle(way: string, res: ServerResponse): void {
  res.setHeader('Expires', STORED.expires);
  if (way === 'a listener of before') setWhenWritten(res);
  enforceNoStore(res);
  if (way === 'a listener of later') setWhenWritten(res);
  const write = WAYS[way];
  if (write) write(res);
  else res.end();
}

function assertNotStored(headers: Readonly<Record<string, unknown>>, way: string): void {
  const names = Object.keys(headers).filter((name) => Object.hasOwn(STORED, name));
  assert.deepEqual([names, headers['cache-control'], headers['x-other']], [['cache-control'], 'no-store', '1'], way);
}

const NAMES = [...Object.keys(WAYS), 'a listener of before', 'a listener of later'];

test('[ASVS-14.3.2] HTTP/1.1: no way to set headers makes a token storable', async (t) => {
  const { url, stop } = await listen(
    createServer((req, res) => handle(decodeURIComponent(req.url?.slice(1) ?? ''), res)),
  );
  t.after(stop);
  for (const way of NAMES) {
    const { headers } = await fetch(`${url}/${encodeURIComponent(way)}`);
    assertNotStored(Object.fromEntries(headers), way);
  }
});

test('[ASVS-14.3.2] HTTP/2: no way to set headers makes a token storable', async (t) => {
  const server = createHttp2Server((req, res) => {
    handle(decodeURIComponent(req.url.slice(1)), res as unknown as ServerResponse);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => {
    session.destroy();
    server.close();
  });
  for (const way of NAMES) {
    const stream = session.request({ ':path': `/${encodeURIComponent(way)}` });
    const [headers] = await once(stream, 'response');
    assertNotStored(headers, way);
    stream.destroy();
  }
});
