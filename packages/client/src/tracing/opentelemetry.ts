/**
 * Traces of the client's calls with OpenTelemetry. It needs the package `@opentelemetry/api` of the application.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { openTelemetry } from '@pip-sessions/client/opentelemetry';
 *
 * const sessions = createSessionsClient({ url: 'http://localhost:8080', tracing: openTelemetry() });
 */
import {
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type { CallSpan, ClientTracing, TracedCall } from '../transport/tracing.ts';

export type { CallSpan, ClientTracing, TracedCall } from '../transport/tracing.ts';

/** The options of `openTelemetry`. */
export interface OpenTelemetryOptions {
  /** The provider of the tracer. Default: the one that the application has registered. */
  readonly tracerProvider?: TracerProvider;
}

/**
 * Returns the option `tracing` of a client. Each call gets a span of the kind CLIENT, with all its attempts, whose trace
 * the service continues. Reads that a cached client serves from memory have none.
 *
 * @example
 * import { createSessionsClient } from '@pip-sessions/client';
 * import { openTelemetry } from '@pip-sessions/client/opentelemetry';
 *
 * const sessions = createSessionsClient({ url: 'http://localhost:8080', key, tracing: openTelemetry() });
 */
export function openTelemetry({ tracerProvider = trace }: OpenTelemetryOptions = {}): ClientTracing {
  // Resolved here: a provider that is registered later is used as well.
  const tracer = tracerProvider.getTracer('@pip-sessions/client');
  return {
    call: async (call, work) => {
      const parent = parentOf(call);
      const options = { kind: SpanKind.CLIENT, attributes: attributesOf(call) };
      const span = tracer.startSpan(`${call.method} ${call.path}`, options, parent);
      try {
        return await context.with(trace.setSpan(parent, span), () => work(carriedBy(span)));
      } catch (error) {
        span.setAttribute('error.type', typeOf(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

function attributesOf({ method, path, url }: TracedCall) {
  const { protocol, hostname, port } = new URL(url);
  return {
    'http.request.method': method,
    'url.template': path,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  };
}

function parentOf({ traceparent }: TracedCall): Context {
  if (traceparent === undefined) return context.active();
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const caller = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(caller) ? trace.setSpanContext(ROOT_CONTEXT, caller) : context.active();
}

/** Without a registered provider there is no span to carry. */
function carriedBy(span: Span): CallSpan {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const responded = (status: number) => void span.setAttribute('http.response.status_code', status);
  if (!isSpanContextValid({ traceId, spanId, traceFlags })) return { headers: {}, responded };
  const state = traceState?.serialize() ?? '';
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  return { headers: { traceparent, ...(state !== '' && { tracestate: state }) }, responded };
}

/** The code of the error: its message may be long, and is for people. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
