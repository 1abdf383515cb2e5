import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { newSession, SampleTaker, userOf } from './preload.ts';
import { contend } from './ready.ts';

/**
 * The minimum that a Node process needs for these requests: a bare HTTP server that parses and writes JSON, over a Map.
 * It has no validation, no limits, no log, no order and no disk.
 */
type NewSession = ReturnType<typeof newSession>;

interface Summary extends Omit<NewSession, 'user' | 'data'> {
  readonly id: string;
  readonly active: boolean;
  readonly open_time: string;
  request_time: string;
}

/** A session in the responses of `get`, `list` and `validate`. The last has more properties. */
interface Entry {
  readonly session: Summary & { readonly user: unknown; data: unknown };
  readonly summary: Summary;
  readonly validation: object;
}

interface Members extends NewSession {
  readonly session_id: string;
  readonly token: string;
  readonly filter: { readonly user_id: string };
  readonly paging: { readonly take: number };
}

const OPENED_BETWEEN_TURNS = 10_000;

const MORE_OF_V2 = {
  idle_timeout: 86_400,
  expire_time: null,
  close_time: null,
  close_reason: null,
  revision: 1,
  auth_time: new Date().toISOString(),
  auth_methods: [],
  auth_level: null,
};

const entries = new Map<string, Entry>();
const byUser = new Map<string, Summary[]>();

function open({ user_id, user_name, address, client, user, data }: NewSession): Entry['session'] {
  const now = new Date().toISOString();
  const who = { id: randomUUID(), user_id, user_name, active: true, open_time: now, request_time: now };
  const summary = { ...who, address, client };
  const session = { ...summary, user, data };
  entries.set(summary.id, { session, summary, validation: { active: true, session: { ...session, ...MORE_OF_V2 } } });
  const ofUser = byUser.get(user_id);
  if (ofUser) ofUser.push(summary);
  else byUser.set(user_id, [summary]);
  return session;
}

function store(id: string, data: unknown): Entry['session'] | undefined {
  const entry = entries.get(id);
  if (!entry) return undefined;
  const now = new Date().toISOString();
  entry.summary.request_time = now;
  entry.session.request_time = now;
  entry.session.data = data;
  return entry.session;
}

function run(url: string | undefined, members: Members): unknown {
  switch (url) {
    case '/v1/sessions/get_session_by_id':
      return entries.get(members.session_id)?.session;
    case '/v2/sessions/validate':
      return entries.get(members.token.slice(3, 39))?.validation;
    case '/v1/sessions/open_session':
      return open(members);
    case '/v1/sessions/store_session_data':
      return store(members.session_id, members.data);
    case '/v1/sessions/get_sessions':
      return { total: null, data: byUser.get(members.filter.user_id)?.slice(0, members.paging.take) ?? [] };
    default:
      return undefined;
  }
}

function answer(response: ServerResponse, result: unknown): void {
  if (result === undefined) {
    response.writeHead(404, { 'content-length': 0 }).end();
    return;
  }
  const text = JSON.stringify(result);
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) };
  response.writeHead(200, headers).end(text);
}

await contend(async (size) => {
  const taker = new SampleTaker(size);
  for (let index = 0; index < size; index += 1) {
    const user_id = userOf(index, size);
    const { id } = open(newSession(user_id));
    taker.see(index, id, user_id, `ps_${id}_${'x'.repeat(43)}`);
    if (index % OPENED_BETWEEN_TURNS === 0) await setImmediate();
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(response, run(request.url, JSON.parse(Buffer.concat(chunks).toString()))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { pid: process.pid, port, preloaded: size, ...taker.sample() };
});
