/** A client whose calls have spans of OpenTelemetry. An application sends them to its collector; this one prints them. */
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createSessionsClient } from '@pip-sessions/client';
import { openTelemetry } from '@pip-sessions/client/opentelemetry';

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';

// #region create
const sessions = createSessionsClient({ url, key: process.env.SESSIONS_KEY, tracing: openTelemetry() });
// #endregion

const { session, token } = await sessions.open({ user_id: 'ann' });
await sessions.validate(token);
await sessions.close(session.id);
await sessions.touch(session.id).catch(() => {});
for (const { name, attributes } of exporter.getFinishedSpans()) {
  console.log(name, attributes['http.response.status_code'], attributes['error.type'] ?? '');
}
