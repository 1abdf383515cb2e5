import type { IncomingMessage } from 'node:http';
import { RequestError } from '../api/error-codes.ts';
import { discardBody } from './body/unread-body.ts';
import { type Content, sendContent } from './content.ts';
import type { Cors } from './cors.ts';
import type { ErrorResponses } from './error-response.ts';
import { JSON_UTF8, NO_SNIFFING } from './media-type.ts';
import { ALL_METHODS, allowOf, servedAs } from './methods.ts';
import type { Handler } from './request-handler.ts';

/** Makes the response to a GET or HEAD of its path. */
type Endpoint = (request: IncomingMessage) => Content | Promise<Content>;
/** By path. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

interface EndpointsOptions {
  readonly endpoints: Endpoints;
  /** Paths that other handlers serve, with the methods that they take. */
  readonly others: ReadonlyMap<string, string>;
  readonly cors: Cors;
  readonly errors: ErrorResponses;
}

/**
 * Serves what is no API: health, documents, the reference page, preflights. It takes every request that is left, and
 * reads no body.
 */
export function createEndpointsHandler({ endpoints, others, cors, errors }: EndpointsOptions): Handler {
  const table = new Map(Object.entries(endpoints));

  return (request, response) => {
    cors.allow(request, response);
    if (cors.isPreflight(request)) {
      cors.answerPreflight(request, response);
      return true;
    }
    const { method = '', url = '' } = request;
    if (url === '*') {
      if (method === 'OPTIONS') response.writeHead(204, { ...NO_SNIFFING, allow: ALL_METHODS }).end();
      else errors.send(new RequestError('InvalidRequest', 'Only OPTIONS can be sent to *.'), request, response, 'v1');
      return true;
    }
    const path = url.split('?', 1)[0] ?? '';
    const endpoint = table.get(path);
    if (endpoint && servedAs(method) === 'GET') {
      contentOf(endpoint, request).then(
        (content) => sendContent(response, content),
        (error: unknown) => errors.send(error, request, response, 'v1'),
      );
    } else {
      const allow = endpoint ? allowOf(['GET']) : others.get(path);
      errors.send(unknownRoute(method, path, allow), request, response, 'v1');
    }
    return true;
  };
}

async function contentOf(endpoint: Endpoint, request: IncomingMessage): Promise<Content> {
  await discardBody(request);
  return endpoint(request);
}

function unknownRoute(method: string, path: string, allow: string | undefined): RequestError {
  return allow === undefined
    ? new RequestError('ResourceNotFound', `${path} does not exist.`)
    : new RequestError('MethodNotAllowed', `${method} is not allowed on ${path}.`, { allow });
}

/** The content of a JSON text. */
export function jsonContent(
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Content {
  return { status, headers: { 'content-type': JSON_UTF8, ...headers }, body };
}
