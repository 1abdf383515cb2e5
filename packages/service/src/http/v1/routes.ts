import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Sessions } from '../../domain/sessions.ts';
import type { Logger } from '../../observability/log.ts';
import { sessionRef } from '../../observability/log.ts';
import { readJson } from '../json-request.ts';
import { COMMANDS, type Command } from './commands.ts';

/** Dart clients decode an answer as latin1 unless the charset is named (WIRE_V1.md, HTTP). */
const JSON_UTF8 = 'application/json; charset=utf-8';

export interface V1Options {
  readonly sessions: Sessions;
  readonly log: Logger;
  /** Where the commands are, like `/v1/sessions`. */
  readonly base: string;
  /** The largest body that is read, in bytes. */
  readonly body_limit: number;
}

/** `POST <base>/<command>` for every command. */
export function registerV1(app: FastifyInstance, { sessions, log, base, body_limit }: V1Options): void {
  for (const command of COMMANDS) {
    app.post(`${base}/${command.name}`, (request, reply) => {
      const succeed = (text: string | null) => {
        logCommand(log, command, request, text);
        answer(reply, text);
      };
      const fail = (error: unknown) => void reply.send(error);
      readJson(request.raw, body_limit)
        .then((body) => void command.run(sessions, asMembers(body)).then(succeed, fail))
        .catch(fail);
    });
  }
}

function answer(reply: FastifyReply, text: string | null): void {
  // A 200 without a value breaks Node clients: null is 204.
  if (text === null) {
    reply.code(204).send();
    return;
  }
  // The text is complete; Fastify's way of finding out what it was given costs as much as the read.
  const headers = { ...reply.getHeaders(), 'content-type': JSON_UTF8, 'content-length': Buffer.byteLength(text) };
  reply.hijack();
  reply.raw.writeHead(200, headers as OutgoingHttpHeaders).end(text);
}

/** No body, and a JSON value that is no object, count as a request without members (WIRE_V1.md, HTTP). */
function asMembers(body: unknown): unknown {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
}

function logCommand(log: Logger, { name, result }: Command, request: FastifyRequest, text: string | null): void {
  const level = name.startsWith('get_') ? 'debug' : 'info';
  if (!log.isLevelEnabled(level)) return;
  const id = result === 'session' && text !== null ? text.slice('{"id":"'.length, text.indexOf('",')) : null;
  log[level]({
    correlation_id: request.id || undefined,
    command: name,
    session: id === null ? undefined : sessionRef(id),
    found: result === 'session' ? text !== null : undefined,
    msg: 'command',
  });
}
