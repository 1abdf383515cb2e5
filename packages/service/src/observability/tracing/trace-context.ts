import { createTraceState, isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/** W3C Trace Context, 3.2. Later versions than 00 may have more parts. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** W3C Trace Context, 3.3.1.5: at least this length must be passed on. */
const TRACESTATE_LENGTH_MAX = 512;

/** Returns the span of the caller; null if the header is missing or wrong, and a new trace begins. */
export function callerSpan(traceparent: unknown, tracestate: unknown): SpanContext | null {
  if (typeof traceparent !== 'string') return null;
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  if (version === '00' && more !== undefined) return null;
  const hasState = typeof tracestate === 'string' && tracestate.length <= TRACESTATE_LENGTH_MAX;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  if (!isSpanContextValid(context)) return null;
  return hasState ? { ...context, traceState: createTraceState(tracestate) } : context;
}
