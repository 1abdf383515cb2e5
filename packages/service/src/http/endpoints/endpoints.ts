import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from '../../api/error-codes.ts';
import { newRequest, type RequestCounts } from '../../observability/metrics/request-counts.ts';
import type { Authenticator } from '../authentication/authenticate.ts';
import { discardBody } from '../body/unread-body.ts';
import { type Content, sendContent } from '../content.ts';
import type { Cors } from '../cors.ts';
import type { ErrorResponses } from '../error-response.ts';
import { JSON_UTF8, NO_SNIFFING } from '../media-type.ts';
import { ALL_METHODS, allowOf, servedAs } from '../methods.ts';
import type { Handler } from '../request-handler.ts';
import { type Access, FIXED_ROUTES, type FixedPath, routeLabel } from './fixed-routes.ts';

/** Returns the response to a GET or HEAD of its path. */
type Endpoint = (request: IncomingMessage) => Content | Promise<Content>;
export type Endpoints = Readonly<Partial<Record<FixedPath, Endpoint>>>;

interface EndpointsOptions {
  readonly endpoints: Endpoints;
  /** The base path of API v1; empty if it is not served. */
  readonly v1_base: string;
  readonly authenticator: Authenticator;
  /** Paths of other handlers, with their methods. */
  readonly others: ReadonlyMap<string, string>;
  readonly cors: Cors;
  readonly errors: ErrorResponses;
  readonly counts: RequestCounts | null;
}

/**
 * Serves all paths outside of the APIs: health, documents, the reference page, preflights. It handles every request
 * that no other handler has taken, and reads no body.
 */
export function createEndpointsHandler(options: EndpointsOptions): Handler {
  const { endpoints, v1_base, authenticator, others, cors, errors, counts } = options;
  const table = new Map<string, Endpoint>();
  for (const [path, endpoint] of Object.entries(endpoints) as [FixedPath, Endpoint][]) {
    table.set(requestPath(path, v1_base), admitting(FIXED_ROUTES[path], endpoint, authenticator));
  }

  const sendError = (error: unknown, request: IncomingMessage, response: ServerResponse, counted = newRequest()) => {
    const status = errors.send(error, request, response, 'v1');
    counts?.ended(counted, status);
  };

  return (request, response) => {
    cors.allow(request, response);
    if (cors.isPreflight(request)) {
      cors.answerPreflight(request, response);
      return true;
    }
    const { method = '', url = '' } = request;
    if (url === '*') {
      if (method === 'OPTIONS') response.writeHead(204, { ...NO_SNIFFING, allow: ALL_METHODS }).end();
      else sendError(new RequestError('InvalidRequest', 'The target * supports only OPTIONS.'), request, response);
      return true;
    }
    const path = url.split('?', 1)[0] ?? '';
    const endpoint = table.get(path);
    if (endpoint && servedAs(method) === 'GET') {
      const counted = { ...newRequest(), route: routeLabel(path) };
      contentOf(endpoint, request).then(
        (content) => {
          sendContent(response, content);
          counts?.ended(counted, content.status);
        },
        (error: unknown) => sendError(error, request, response, counted),
      );
    } else {
      const allow = endpoint ? allowOf(['GET']) : others.get(path);
      sendError(unknownRoute(method, path, allow), request, response);
    }
    return true;
  };
}

/** Returns the path as requests have it. */
export function requestPath(path: FixedPath, v1_base: string): string {
  return path.replace('{v1}', v1_base);
}

/** Authenticates the caller of an endpoint that is not public. */
export function admitting(access: Access, endpoint: Endpoint, authenticator: Authenticator): Endpoint {
  if (access === 'public') return endpoint;
  return (request) => {
    const address = request.socket.remoteAddress ?? '';
    if (access === 'metrics') authenticator.authenticateScrape(request, address);
    else authenticator.authenticate(request, access, address);
    return endpoint(request);
  };
}

async function contentOf(endpoint: Endpoint, request: IncomingMessage): Promise<Content> {
  await discardBody(request);
  return endpoint(request);
}

function unknownRoute(method: string, path: string, allow: string | undefined): RequestError {
  return allow === undefined
    ? new RequestError('ResourceNotFound', `${path} does not exist.`)
    : new RequestError('MethodNotAllowed', `${path} does not support ${method}.`, { allow });
}

/** Returns a JSON text as content. */
export function jsonContent(
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Content {
  return { status, headers: { 'content-type': JSON_UTF8, ...headers }, body };
}
