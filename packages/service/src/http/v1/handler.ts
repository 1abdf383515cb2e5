import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '../../api/caller.ts';
import { COMMANDS, type Command } from '../../api/v1/commands.ts';
import type { AuditEvent } from '../../domain/audit-event.ts';
import type { Sessions } from '../../domain/sessions.ts';
import { operationOf } from '../../observability/metrics/operations.ts';
import { newRequest, type RequestCounts } from '../../observability/metrics/request-counts.ts';
import type { Tracing } from '../../observability/tracing/tracing.ts';
import type { Authenticator } from '../authentication/authenticate.ts';
import { readJson } from '../body/json-request.ts';
import type { Cors } from '../cors.ts';
import type { ErrorResponses } from '../error-response.ts';
import { JSON_UTF8, NO_SNIFFING_PAIR } from '../media-type.ts';
import type { OpenAccess } from '../open-access.ts';
import type { Handler } from '../request-handler.ts';
import type { RequestLog, Served } from '../request-log.ts';
import { endWithText } from '../response-text.ts';
import { normalPath } from '../target.ts';
import { tracedOf } from '../traced-request.ts';

export interface V1Options {
  readonly sessions: Sessions;
  readonly requests: RequestLog;
  readonly errors: ErrorResponses;
  /** The path of the commands, like `/v1/sessions`. */
  readonly base: string;
  /** The largest body that is read, in bytes. */
  readonly body_limit: number;
  readonly cors: Cors;
  /** Requires the same keys as API v2, or none. */
  readonly access: Authenticator | OpenAccess;
  readonly counts: RequestCounts | null;
  /** Null for a service without traces. */
  readonly tracing: Tracing | null;
}

/** The paths of the commands. */
export function v1Paths(base: string): string[] {
  return COMMANDS.map(({ name }) => pathTo(base, name));
}

/** Serves `POST <base>/<command>` for every command. */
export function createV1Handler(options: V1Options): Handler {
  const { sessions, requests, errors, base, body_limit, cors, access, counts, tracing } = options;
  const commands = new Map(COMMANDS.map((command) => [pathTo(base, command.name), command]));

  async function serve(command: Command, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = operationOf(command.name, command.name.startsWith('get_'));
    const counted = { ...newRequest(), route: command.name, operation };
    try {
      const caller = access.authenticate(request, command.scope, request.socket.remoteAddress ?? '');
      if (AUDITED[command.name]) requests.assertAuditable();
      const body = await readJson(request, Math.min(body_limit, command.body_bytes_max));
      const run = () => command.run(sessions, asMembers(body), caller);
      const text = await (tracing === null ? run() : tracing.useCase(command.name, run));
      const served = servedOf(command, counted.started, caller, text);
      requests.audit(request, served);
      requests.write(request, served);
      answer(response, text);
      counts?.ended(counted, text === null ? 204 : 200);
    } catch (error) {
      const status = errors.send(error, request, response, 'v1');
      counts?.ended(counted, status);
    }
  }

  return (request, response) => {
    const { url = '' } = request;
    const command = commands.get(url) ?? commands.get(pathOf(url));
    if (!command || request.method !== 'POST') return false;
    cors.allow(request, response);
    const work = () => serve(command, request, response);
    if (tracing === null) void work();
    else
      void tracing.request(
        tracedOf(request, response, () => pathTo(base, command.name)),
        work,
      );
    return true;
  };
}

function pathTo(base: string, command: string): string {
  return normalPath(`${base}/${command}`);
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function answer(response: ServerResponse, text: string | null): void {
  // A 200 without a body breaks Node clients, so null is sent as 204.
  if (text === null) {
    response.writeHead(204, [...NO_SNIFFING_PAIR]).end();
    return;
  }
  const length = String(Buffer.byteLength(text));
  response.writeHead(200, ['content-type', JSON_UTF8, 'content-length', length, ...NO_SNIFFING_PAIR]);
  endWithText(response, text);
}

/** A missing body, and a JSON value that is not an object, count as an empty object (WIRE_V1.md, HTTP). */
function asMembers(body: unknown): unknown {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
}

/** The commands that the audit log has. */
const AUDITED: Readonly<Partial<Record<string, AuditEvent>>> = {
  close_session: 'session_closed',
  delete_session_by_id: 'session_deleted',
};

/** Returns what the log has of a command. */
function servedOf({ name, result }: Command, began: number, caller: Caller, text: string | null): Served {
  const session_id = result === 'session' && text !== null ? text.slice('{"id":"'.length, text.indexOf('",')) : null;
  const more = { found: result === 'session' ? text !== null : undefined };
  const isRead = name.startsWith('get_');
  const event = session_id === null ? undefined : AUDITED[name];
  const served = {
    name: { command: name },
    isRead,
    status: text === null ? 204 : 200,
    began,
    caller,
    session_id,
    more,
  };
  return event ? { ...served, audit: { event, about: {} } } : served;
}
