import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createLogger } from '../log.ts';
import { startTracing, type TracingVariables } from './start-tracing.ts';

async function startedWith(env: TracingVariables) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) });
  const tracing = await startTracing(env, log, '1.2.3');
  await tracing?.stop();
  return { isOn: tracing !== null, lines: lines.map(({ event, msg, endpoint }) => ({ event, msg, endpoint })) };
}

test('traces are off, without a word, unless a variable asks for them', async () => {
  const cases: TracingVariables[] = [
    {},
    { OTEL_SERVICE_NAME: 'shop' },
    { OTEL_TRACES_EXPORTER: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    { OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_EXPORTER: 'otlp' },
  ];
  for (const env of cases) assert.deepEqual(await startedWith(env), { isOn: false, lines: [] }, JSON.stringify(env));
});

test('an exporter or a protocol that is not supported is one warning, and no traces', async () => {
  const cases: [TracingVariables, RegExp][] = [
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, /^OTEL_TRACES_EXPORTER is zipkin; the service supports otlp and none$/],
    [
      { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      /^OTEL_EXPORTER_OTLP_PROTOCOL is grpc; the service supports http\/json and http\/protobuf$/,
    ],
  ];
  for (const [env, message] of cases) {
    const { isOn, lines } = await startedWith(env);
    assert.deepEqual([isOn, lines.length, lines[0]?.event], [false, 1, 'traces_off']);
    assert.match(String(lines[0]?.msg), message);
  }
});

test('an exporter or an endpoint turns traces on; the line hides the password', async () => {
  const cases: [TracingVariables, string][] = [
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:secret@127.0.0.1:1/x' }, 'http://127.0.0.1:1'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:2' }, 'http://127.0.0.1:2'],
  ];
  for (const [env, endpoint] of cases) {
    const { isOn, lines } = await startedWith(env);
    assert.deepEqual([isOn, lines[0]?.event, lines[0]?.endpoint], [true, 'traces_on', endpoint]);
  }
});

test('the collector gets traces in the protocol of the variable', async (t) => {
  const types: (string | undefined)[] = [];
  const collector = createServer((request, response) => {
    types.push(request.headers['content-type']);
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  t.after(() => collector.close());
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  // The packages read the endpoint from the environment of the process.
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint;
  t.after(() => delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
  for (const protocol of ['http/json', 'http/protobuf']) {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol };
    const tracing = await startTracing(env, createLogger('silent'), '1.2.3');
    const request = { method: 'GET', headers: {}, scheme: 'http', route: () => '/livez', status: () => 200 } as const;
    await tracing?.request(request, async () => {});
    await tracing?.stop();
  }
  assert.deepEqual(types, ['application/json', 'application/x-protobuf']);
});
