import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createSessionsClient } from '@pip-sessions/client';
import { openTelemetry } from '@pip-sessions/client/opentelemetry';
import { Command } from '../../../testing/service/command.ts';
import { type ReceivedSpan, startOtlpReceiver } from '../../../testing/service/otlp-receiver.ts';

/** Tests of the command with OpenTelemetry's variables, and a collector of their own. */

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-traces-'));
after(() => rmSync(folder, { recursive: true }));

let stores = 0;
function run(t: TestContext, env: Record<string, string>): Command {
  const SESSIONS_STORE = `sqlite:${folder}/${stores++}.db`;
  const all = { SESSIONS_PORT: '0', SESSIONS_STORE, OTEL_BSP_SCHEDULE_DELAY: '50', ...env };
  const command = new Command(MAIN, [], { cwd: folder, env: all });
  t.after(() => command.kill());
  return command;
}

const [INTERNAL, SERVER, CLIENT] = [1, 2, 3] as [number, number, number];
const FAILED = 2;
const isOf = (kind: number, name: RegExp) => (span: ReceivedSpan) => span.kind === kind && name.test(span.name);

test('one trace leads from the call of the client to the call of the store', async (t) => {
  const receiver = await startOtlpReceiver();
  t.after(receiver.stop);
  const command = run(t, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SERVICE_NAME: 'our-sessions' });
  const exported = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exported)] });
  const tracing = openTelemetry({ tracerProvider });
  const client = createSessionsClient({ url: await command.started(), tracing, retries: 0 });
  const { session, token } = await client.open({ user_id: 'ann-the-user', user: { mail: 'ann@x' } });
  const [opened] = exported.getFinishedSpans();
  assert.equal(opened?.name, 'POST /v2/sessions');
  const { traceId, spanId } = opened.spanContext();
  const inTrace = (kind: number, name: RegExp) => (span: ReceivedSpan) =>
    span.traceId === traceId && isOf(kind, name)(span);
  const [server] = await receiver.spans(inTrace(SERVER, /^POST \/v2\/sessions$/));
  const [useCase] = await receiver.spans(inTrace(INTERNAL, /^sessions openSession$/));
  const [store] = await receiver.spans(inTrace(CLIENT, /^insert sqlite$/));
  assert.deepEqual(
    [server?.parentSpanId, useCase?.parentSpanId, store?.parentSpanId],
    [spanId, server?.spanId, useCase?.spanId],
  );
  assert.deepEqual(server?.attributes, {
    'http.request.method': 'POST',
    'url.scheme': 'http',
    'http.route': '/v2/sessions',
    'url.path': '/v2/sessions',
    'http.response.status_code': 201,
  });
  assert.deepEqual(store?.attributes, { 'db.system.name': 'sqlite', 'db.operation.name': 'insert' });
  assert.partialDeepStrictEqual(server?.resource, { 'service.name': 'our-sessions' });
  await client.replaceData(session.id, { cart: ['apple'] });
  await client.close(session.id);
  await assert.rejects(client.replaceData(session.id, {}), { code: 'SESSION_CLOSED' });
  const [rejected] = await receiver.spans(
    (span) => span.name === 'sessions replaceData' && span.attributes['error.type'] === 'SESSION_CLOSED',
  );
  assert.equal(rejected?.status.code ?? 0, 0, 'a rejection is not a failure');
  await receiver.spans((span) => span.attributes['http.response.status_code'] === 409);
  assert.equal(exported.getFinishedSpans().at(-1)?.attributes['error.type'], 'SESSION_CLOSED');
  for (const secret of [session.id, token, 'ann', 'apple', 'mail']) {
    assert.ok(!receiver.text().includes(secret), secret);
    assert.ok(
      !JSON.stringify(exported.getFinishedSpans().map(({ name, attributes }) => [name, attributes])).includes(secret),
    );
  }
});

test('requests without a trace, of API v1 and to unknown paths begin a trace each', async (t) => {
  const receiver = await startOtlpReceiver();
  t.after(receiver.stop);
  const command = run(t, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces` });
  const url = await command.started();
  await fetch(`${url}/v1/sessions/get_sessions`, { method: 'POST', headers: { traceparent: 'nonsense' } });
  await fetch(`${url}/v2/ps_secret`);
  await fetch(`${url}/livez`);
  const [v1] = await receiver.spans(isOf(SERVER, /^POST \/v1\/sessions\/get_sessions$/));
  const [unknown] = await receiver.spans(isOf(SERVER, /^GET$/));
  assert.equal(v1?.parentSpanId ?? '', '');
  assert.deepEqual(
    [unknown?.attributes['http.route'], unknown?.attributes['http.response.status_code']],
    [undefined, 404],
  );
  assert.ok(!/ps_secret|livez/.test(receiver.text()));
});

test('without a collector every request succeeds, and the log says so', async (t) => {
  const receiver = await startOtlpReceiver();
  await receiver.stop();
  const command = run(t, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_TIMEOUT: '200' });
  const client = createSessionsClient({ url: await command.started(), retries: 0 });
  const { token } = await client.open({ user_id: '1' });
  const [line] = await command.logged(({ event }) => event === 'traces_not_sent');
  assert.match(String(line?.reason), /ECONNREFUSED/);
  assert.ok((await client.validate(token)).active);
});

test('a collector that never responds delays no request, and the stop by seconds only', async (t) => {
  const receiver = await startOtlpReceiver('silent');
  t.after(receiver.stop);
  const command = run(t, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const client = createSessionsClient({ url: await command.started(), retries: 0, timeout_ms: 5_000 });
  for (let opens = 0; opens < 20; opens += 1) await client.open({ user_id: '1' });
  const began = performance.now();
  command.process.kill('SIGTERM');
  assert.equal(await command.exit, 0);
  assert.ok(performance.now() - began < 10_000);
});

test('spans that wait at the stop are sent before the end', async (t) => {
  const receiver = await startOtlpReceiver();
  t.after(receiver.stop);
  const command = run(t, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '60000' });
  await fetch(`${await command.started()}/v2/stats`);
  command.process.kill('SIGTERM');
  assert.equal(await command.exit, 0);
  assert.equal((await receiver.spans(isOf(SERVER, /^GET \/v2\/stats$/))).length, 1);
});

test('without variables no package of OpenTelemetry is loaded', async (t) => {
  const hook = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) => {
  if (name.includes('opentelemetry')) process.stderr.write('LOADED ' + name + '\\n');
  return next(name, context);
} });`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hook)}`;
  const [off, on] = [run(t, { NODE_OPTIONS }), run(t, { NODE_OPTIONS, OTEL_TRACES_EXPORTER: 'otlp' })];
  for (const command of [off, on]) await fetch(`${await command.started()}/v2/stats`);
  assert.deepEqual([/LOADED/.test(off.stderr), /LOADED @opentelemetry\/api\n/.test(on.stderr)], [false, true]);
});

test('a store that fails is a failed span with the code of its error', {
  skip: process.getuid?.() === undefined,
}, async (t) => {
  const receiver = await startOtlpReceiver();
  t.after(receiver.stop);
  const SESSIONS_STORE = `sqlite:${folder}/deleted.db`;
  const command = run(t, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, SESSIONS_STORE });
  const client = createSessionsClient({ url: await command.started(), retries: 0 });
  await client.open({ user_id: '1' });
  rmSync(`${folder}/deleted.db`);
  for (let isUp = true; isUp; )
    isUp = await client.open({ user_id: '1' }).then(
      () => true,
      () => false,
    );
  const [insert] = await receiver.spans((span) => span.name === 'insert sqlite' && span.status.code === FAILED);
  assert.equal(insert?.attributes['error.type'], 'STORE_UNAVAILABLE');
  const [server] = await receiver.spans((span) => span.kind === SERVER && span.status.code === FAILED);
  assert.equal(server?.attributes['error.type'], '503');
});
