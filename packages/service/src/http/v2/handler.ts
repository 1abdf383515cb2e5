import type { IncomingMessage, ServerResponse } from 'node:http';
import { ROUTES_V2, type RouteNameV2 } from '@pip-sessions/contract/routes';
import { parseToken } from '@pip-sessions/contract/token';
import type { Caller } from '../../api/caller.ts';
import type { AnyRoute, Route, RouteAnswer, RouteContext, SuspiciousEvent } from '../../api/v2/route.ts';
import { sessionRef } from '../../domain/ids.ts';
import type { Sessions } from '../../domain/sessions.ts';
import { operationOf } from '../../observability/metrics/operations.ts';
import { type CountedRequest, newRequest, type RequestCounts } from '../../observability/metrics/request-counts.ts';
import type { Tracing } from '../../observability/tracing/tracing.ts';
import type { Authenticator } from '../authentication/authenticate.ts';
import { discardBody } from '../body/unread-body.ts';
import type { ChangeFeed } from '../changes/change-feed.ts';
import type { IncidentLog } from '../clients/incident-log.ts';
import type { Incident } from '../clients/incidents.ts';
import type { Cors } from '../cors.ts';
import type { ErrorResponses } from '../error-response.ts';
import { JSON_UTF8, NO_SNIFFING_PAIR } from '../media-type.ts';
import type { Handler } from '../request-handler.ts';
import type { RequestLog, Served } from '../request-log.ts';
import { endWithText } from '../response-text.ts';
import { tracedOf } from '../traced-request.ts';
import { atOneOf } from './if-match.ts';
import { sendParts } from './parts.ts';
import { readRequest } from './request.ts';
import { findRoute, isV2 } from './router.ts';

export interface V2Options {
  readonly sessions: Sessions;
  readonly requests: RequestLog;
  readonly errors: ErrorResponses;
  readonly incidents: IncidentLog;
  readonly authenticator: Authenticator;
  readonly cors: Cors;
  readonly changes: ChangeFeed;
  /** The largest body that is read, in bytes. */
  readonly body_limit: number;
  /** Maximum size of `user` and of `data`, in bytes of JSON. */
  readonly value_limit: number;
  readonly keyUses: RouteContext['keyUses'];
  readonly counts: RequestCounts | null;
  /** Null for a service without traces. */
  readonly tracing: Tracing | null;
}

/** Serves API v2. */
export function createV2Handler(options: V2Options): Handler {
  const { sessions, requests, errors, incidents, authenticator, cors, changes, body_limit, value_limit } = options;
  const { counts, keyUses, tracing } = options;
  const context: RouteContext = {
    sessions,
    value_bytes_max: value_limit,
    keyUses,
    suspicious: (event, token, address) => incidents.write(suspicion(event, token), address),
  };

  async function answer(request: IncomingMessage, response: ServerResponse, counted: CountedRequest): Promise<void> {
    const { started: began } = counted;
    const { url = '', method = '' } = request;
    const query = url.indexOf('?');
    const match = findRoute(method, query === -1 ? url : url.slice(0, query));
    const { route, id } = match;
    counted.route = route.name;
    counted.operation = operationOf(route.name, route.method === 'GET');
    const caller = authenticator.authenticate(request, route.scope, request.socket.remoteAddress ?? '');
    if (route.name === 'followChanges') {
      await discardBody(request);
      changes.serve(request, response, caller.key);
      counts?.ended(counted, 200);
      return;
    }
    if (route.audited) requests.assertAuditable();
    const { revisions, ...received } = await readRequest(request, { route, id }, caller, body_limit);
    if ('stream' in route) {
      const { parts, user_id_hash } = route.stream(context, { ...received, revision: undefined });
      const served = servedOf(route, 200, { began, caller }, { user_id_hash, audit: { user_id_hash } });
      requests.audit(request, served);
      await traced(tracing, route, () => sendParts(response, parts));
      requests.write(request, served);
      counts?.ended(counted, route.status);
      return;
    }
    const result = await traced(tracing, route, () =>
      atOneOf(revisions, (revision) => route.run(context, { ...received, revision })),
    );
    const served = servedOf(route, route.status, { began, caller }, { opened: id, ...result });
    requests.audit(request, served);
    requests.write(request, served);
    send(response, route, result);
    counts?.ended(counted, route.status);
  }

  return (request, response) => {
    if (!isV2(request.url ?? '')) return false;
    if (request.method === 'OPTIONS' && cors.isPreflight(request)) return false;
    cors.allow(request, response);
    const counted = newRequest();
    const serve = () =>
      answer(request, response, counted).catch((error: unknown) => {
        const status = errors.send(error, request, response, 'problem');
        counts?.ended(counted, status);
      });
    if (tracing === null) void serve();
    else
      void tracing.request(
        tracedOf(request, response, () => pathOf(counted.route)),
        serve,
      );
    return true;
  };
}

/** Runs a use case, in a span if the service has traces. */
function traced<T>(tracing: Tracing | null, { name }: AnyRoute, work: () => Promise<T>): Promise<T> {
  return tracing === null ? work() : tracing.useCase(name, work);
}

/** Returns the path of a route, as a template; undefined for a request without one. */
function pathOf(route: string): string | undefined {
  return route in ROUTES_V2 ? ROUTES_V2[route as RouteNameV2].path : undefined;
}

/** Sends a response. It must not be cached: it may contain secrets or soon be out of date (ASVS 14.2.2). */
function send(response: ServerResponse, { status }: Route, { text, revision }: RouteAnswer): void {
  const headers = [
    'content-type',
    JSON_UTF8,
    'content-length',
    String(Buffer.byteLength(text)),
    'cache-control',
    'no-store',
    ...NO_SNIFFING_PAIR,
  ];
  if (revision !== undefined) headers.push('etag', `"${revision}"`);
  response.writeHead(status, headers);
  endWithText(response, text);
}

/** Requests with the method POST that change no more than the activity of a session. */
const READS: ReadonlySet<string> = new Set<RouteNameV2>(['validateToken', 'validateTokens', 'checkSessions']);

/** Returns what the log has of a request. */
function servedOf(
  { name, method, audited }: AnyRoute,
  status: number,
  { began, caller }: { readonly began: number; readonly caller: Caller },
  { opened: id = '', user_id_hash, audit: about }: Pick<RouteAnswer, 'opened' | 'user_id_hash' | 'audit'>,
): Served {
  const isRead = method === 'GET' || READS.has(name);
  const session_id = id === '' ? null : id;
  const audit = audited && about ? { event: audited, about } : undefined;
  const served = { name: { request: name }, isRead, status, began, caller, session_id, more: { user_id_hash } };
  return audit ? { ...served, audit } : served;
}

/** Returns the incident for a token that may be guessed or stolen (ASVS 16.3). */
function suspicion(event: SuspiciousEvent, token: string): Incident {
  return event === 'unknown_token' ? { event } : { event, session: sessionRef(parseToken(token)?.id ?? '') };
}
