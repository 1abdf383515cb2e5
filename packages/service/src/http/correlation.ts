import type { IncomingMessage } from 'node:http';

/** Longer ids are truncated, so that they do not fill the log. */
const LENGTH_MAX = 128;

/** The trace id in a W3C `traceparent` (https://www.w3.org/TR/trace-context/). */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/**
 * Returns the caller's id of the request (WIRE_V1.md, HTTP); empty if there is none. The first of these counts: the
 * query parameter `correlation_id`, the header `correlation_id`, the header `trace_id` of the newer toolkit, the trace
 * id. Node clients without an id send `null`.
 */
export function correlationId(request: IncomingMessage): string {
  const { url = '', headers } = request;
  const start = url.indexOf('?');
  const named = start === -1 ? null : fromQuery(url.slice(start + 1));
  const id = String(named || headers.correlation_id || headers.trace_id || traceOf(headers.traceparent) || '');
  return id === 'null' ? '' : id.slice(0, LENGTH_MAX);
}

function traceOf(traceparent: string | string[] | undefined): string | undefined {
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
}

function fromQuery(query: string): string | null {
  const params = new URLSearchParams(query);
  return params.get('correlation_id') || params.get('trace_id');
}
