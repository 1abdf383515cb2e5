import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

/** A received request. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export type Reply = (response: ServerResponse) => void;

export interface ScriptedService {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
}

/** A service on a free port that sends these replies in turn, and then the last one. */
export async function scriptedService(t: TestContext, ...replies: [Reply, ...Reply[]]): Promise<ScriptedService> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '', 'http://service');
    const body = await readJson(request);
    received.push({ method: request.method ?? '', path, query, headers: request.headers, body });
    const reply = replies[received.length - 1] ?? replies.at(-1);
    reply?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = portOf(server.address());
  return { url: `http://127.0.0.1:${port}`, port, received };
}

/** A port on which nothing listens. */
export async function refusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port.');
  return address.port;
}

/** A JSON response without a charset, as the original sends it. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return text(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(status, headers).end(body);
}

export const noContent: Reply = (response) => response.writeHead(204).end();

export const reset: Reply = (response) => response.socket?.resetAndDestroy();

export const hang: Reply = () => {};

/** Sends the headers and a part of the body, and never ends it. */
export const hangInBody: Reply = (response) => response.writeHead(200).write('{"id":');

export const resetInBody: Reply = (response) => {
  response.writeHead(200).write('{"id":', () => response.socket?.resetAndDestroy());
};

/** The JSON of a session of the original. */
export const ORIGINAL_SESSION = {
  id: '182182d1681b4ab7894714df78d203ec',
  user_id: '1',
  user_name: 'U',
  active: true,
  open_time: '2026-11-22T01:18:28.401Z',
  request_time: '2026-11-22T01:18:28.401Z',
  address: 'a',
  client: 'c',
  user: { a: 1 },
  data: 'abc',
};
