import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createSessionsClient, createSessionsV1Client } from '../index.ts';
import { openTelemetry } from './opentelemetry.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const ID = `0123${'a'.repeat(32)}`;
const INACTIVE = { active: false, reason: 'unknown' };

/** A client whose service gives these responses, with the spans and the headers of its requests. */
function tracedClient(...responses: readonly [number, object][]) {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const sent: Headers[] = [];
  const left = [...responses];
  const options = {
    url: 'https://sessions.test/gateway',
    tracing: openTelemetry({ tracerProvider }),
    sleep: async () => {},
    fetch: async (_: string, init: RequestInit) => {
      sent.push(new Headers(init.headers));
      const [status, body] = left.shift() ?? [500, {}];
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      return new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });
    },
  };
  return { client: createSessionsClient(options), options, sent, spans: () => exporter.getFinishedSpans() };
}

const problem = (status: number, code: string) =>
  [status, { type: `urn:pip-sessions:problem:${code}`, title: 't', status, detail: 'd', code }] as [number, object];

test('a call is one span with the template of its path, also after a repetition', async () => {
  const { client, sent, spans } = tracedClient(problem(503, 'STORE_UNAVAILABLE'), [200, INACTIVE]);
  await client.validate('ps_secret');
  const [span, ...others] = spans();
  assert.equal(others.length, 0);
  assert.equal(span?.name, 'POST /v2/sessions/validate');
  assert.deepEqual(span.attributes, {
    'http.request.method': 'POST',
    'url.template': '/v2/sessions/validate',
    'server.address': 'sessions.test',
    'server.port': 443,
    'http.response.status_code': 200,
  });
  const { traceId, spanId } = span.spanContext();
  const expected = `00-${traceId}-${spanId}-01`;
  assert.deepEqual(
    sent.map((headers) => headers.get('traceparent')),
    [expected, expected],
  );
});

test('a traceparent of the caller is the parent of the span that the service gets', async () => {
  const { client, sent, spans } = tracedClient([200, INACTIVE]);
  await client.validate('t', { traceparent: `00-${TRACE}-${SPAN}-01` });
  const [span] = spans();
  assert.deepEqual([span?.spanContext().traceId, span?.parentSpanContext?.spanId], [TRACE, SPAN]);
  assert.equal(sent[0]?.get('traceparent'), `00-${TRACE}-${span?.spanContext().spanId}-01`);
});

test('a failed call has the code of its error, and no id', async () => {
  const { client, spans } = tracedClient(problem(404, 'SESSION_NOT_FOUND'));
  await assert.rejects(client.touch(ID));
  const [span] = spans();
  assert.partialDeepStrictEqual(span?.attributes, {
    'error.type': 'SESSION_NOT_FOUND',
    'http.response.status_code': 404,
  });
  assert.equal(span?.name, 'POST /v2/sessions/{id}/touch');
  assert.ok(!JSON.stringify([span?.name, span?.attributes, span?.status]).includes(ID));
});

test('calls of API v1 have a span too', async () => {
  const { options, spans } = tracedClient([200, { id: ID }]);
  await createSessionsV1Client(options)
    .getSessionById(null, ID)
    .catch(() => {});
  assert.equal(spans()[0]?.name, 'POST /gateway/v1/sessions/get_session_by_id');
});

test('without a registered provider nothing is sent, and calls work', async () => {
  const { options, sent } = tracedClient([200, INACTIVE]);
  const client = createSessionsClient({ ...options, tracing: openTelemetry({ tracerProvider: trace }) });
  assert.deepEqual(await client.validate('t'), INACTIVE);
  assert.equal(sent[0]?.has('traceparent'), false);
});
