import type { IncomingMessage } from 'node:http';

/** Longer ids are cut: an id names a request in log lines, it does not fill them. */
const LENGTH_MAX = 128;

/** The trace of a W3C `traceparent` (https://www.w3.org/TR/trace-context/). */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/**
 * The caller's name for the request (WIRE_V1.md, HTTP): query `correlation_id`, else header `correlation_id`, else
 * header `trace_id` of the newer generation, else the trace that the request is part of; empty when there is none. Node
 * clients without an id send `null`.
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
