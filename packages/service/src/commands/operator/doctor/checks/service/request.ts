import type { IncomingMessage } from 'node:http';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { CannotCheck } from '../../examination.ts';

const BODY_LENGTH_MAX = 4_194_304;
/** How many requests read what each node has of its own: a load balancer leads them to several nodes. */
const NODES_LOOKED_AT = 8;

/** The service that is examined. */
export interface ServiceAddress {
  /** Without a slash at the end. */
  readonly base: string;
  readonly key: string | null;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Sends a GET on a connection of its own. Rejects with `CannotCheck`. */
export async function get(service: ServiceAddress, path: string, signal: AbortSignal): Promise<Reply> {
  const response = await open(service, path, signal);
  let text = '';
  try {
    for await (const part of response.setEncoding('utf8')) {
      text += part;
      if (text.length > BODY_LENGTH_MAX) throw new Error(`it is longer than ${BODY_LENGTH_MAX} characters`);
    }
  } catch (error) {
    throw new CannotCheck(`The response of ${service.base}${path} is incomplete: ${reasonOf(error)}.`);
  }
  return { status: response.statusCode ?? 0, text };
}

/** Sends a GET and resolves when the head of the response is there. Rejects with `CannotCheck`. */
export function open({ base, key }: ServiceAddress, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = base.startsWith('https:') ? requestTls : requestPlain;
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  const sent = send(base + path, { agent: false, headers, signal }, resolve);
  sent.on('error', (error) => reject(new CannotCheck(`${base} does not respond: ${reasonOf(error)}.`)));
  sent.end();
  return promise;
}

/** Yields the JSON responses of several nodes, if there are several. Throws `CannotCheck`. */
export async function* fromNodes<T>(
  service: ServiceAddress,
  path: string,
  scope: string,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  for (let look = 0; look < NODES_LOOKED_AT; look += 1) {
    const reply = await get(service, path, signal);
    assertAllowed(reply, path, scope);
    yield JSON.parse(reply.text);
  }
}

/** Throws `CannotCheck` for a response that lacks a right. */
export function assertAllowed({ status }: Pick<Reply, 'status'>, path: string, scope: string): void {
  if (status === 401 || status === 403) {
    throw new CannotCheck(`${path} responds with ${status}: set SESSIONS_KEY to a key of scope ${scope}.`);
  }
}

function reasonOf(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  return name === 'AbortError' ? 'no response in time' : (code ?? message);
}
