import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { TracedRequest } from '../observability/tracing/tracing.ts';

/** Returns what a trace has of a request. `route` returns the path as a template. */
export function tracedOf(
  { method = '', headers, socket }: IncomingMessage,
  response: ServerResponse,
  route: () => string | undefined,
): TracedRequest {
  const scheme = socket instanceof TLSSocket ? 'https' : 'http';
  const { traceparent, tracestate } = headers;
  return { method, headers: { traceparent, tracestate }, scheme, route, status: () => response.statusCode };
}
