import type { DiagLogger } from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { randomText } from '../../domain/ids.ts';
import { type FaultLines, faultLines } from '../fault-lines.ts';
import type { Logger } from '../log.ts';
import type { Tracing } from './tracing.ts';

/** The variables of the OpenTelemetry specification that turn traces on or off. The packages read the others. */
export type TracingVariables = Readonly<Record<string, string | undefined>>;

const SERVICE_NAME = 'pip-sessions';
const INSTANCE_BYTES = 12;
/** How long a stop waits for the last spans. */
const FLUSH_TIMEOUT_MS = 3_000;
const DEFAULT_PROTOCOL = 'http/json';

/** A package with an exporter of spans. */
interface Exporter {
  readonly name: string;
  readonly load: () => Promise<{ readonly OTLPTraceExporter: new () => SpanExporter }>;
}

/** The exporters, by `OTEL_EXPORTER_OTLP_PROTOCOL`. */
const EXPORTERS: ReadonlyMap<string, Exporter> = new Map([
  [
    DEFAULT_PROTOCOL,
    { name: '@opentelemetry/exporter-trace-otlp-http', load: () => import('@opentelemetry/exporter-trace-otlp-http') },
  ],
  [
    'http/protobuf',
    {
      name: '@opentelemetry/exporter-trace-otlp-proto',
      load: () => import('@opentelemetry/exporter-trace-otlp-proto'),
    },
  ],
]);

/**
 * Starts to record traces, if the variables `OTEL_*` ask for it; returns null if they do not. Nothing is loaded then. If
 * they ask for what the service cannot do, a line says so, and the service runs without traces: the variables are often
 * set for all programs of a machine.
 */
export async function startTracing(env: TracingVariables, log: Logger, version: string): Promise<Tracing | null> {
  const exporter = exporterOf(env);
  if (exporter === null) return null;
  if (typeof exporter === 'string') {
    log.warn({ event: 'traces_off', msg: exporter });
    return null;
  }
  try {
    return await started(exporter, env, log, version);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const packages = `@opentelemetry/sdk-trace-base @opentelemetry/resources ${exporter.name}`;
    const msg = `OTEL_* variables request traces, but their packages are not installed: npm install ${packages}`;
    log.warn({ event: 'traces_off', msg });
    return null;
  }
}

/** Returns the exporter that the variables request; null for none, and the reason if there is no such exporter. */
function exporterOf(env: TracingVariables): Exporter | string | null {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporter = env.OTEL_TRACES_EXPORTER || (endpoint ? 'otlp' : 'none');
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || exporter === 'none') return null;
  if (exporter !== 'otlp') return `OTEL_TRACES_EXPORTER is ${exporter}; the service supports otlp and none`;
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || DEFAULT_PROTOCOL;
  const supported = [...EXPORTERS.keys()].join(' and ');
  return EXPORTERS.get(protocol) ?? `OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}; the service supports ${supported}`;
}

async function started(exporter: Exporter, env: TracingVariables, log: Logger, version: string): Promise<Tracing> {
  const [{ diag, DiagLogLevel }, sdk, { OTLPTraceExporter }, resources, { Spans }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-base'),
    exporter.load(),
    import('@opentelemetry/resources'),
    import('./spans.ts'),
  ]);
  diag.setLogger(diagnostics(faultLines(log)), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const own = {
    'service.name': SERVICE_NAME,
    'service.version': version,
    'service.instance.id': randomText(INSTANCE_BYTES),
  };
  // The environment comes last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
  const given = resources.detectResources({ detectors: [resources.envDetector] });
  const resource = resources.defaultResource().merge(resources.resourceFromAttributes(own)).merge(given);
  const processor = new sdk.BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new sdk.BasicTracerProvider({ resource, spanProcessors: [processor] });
  log.info({ event: 'traces_on', endpoint: endpointOf(env), msg: 'traces are sent by OTLP' });
  return new Spans(provider.getTracer('@pip-sessions/service', version), () => bounded(provider.shutdown()));
}

/** Returns the address without a user and a password. */
function endpointOf(env: TracingVariables): string {
  const text = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT || 'http://localhost:4318';
  return URL.canParse(text) ? new URL(text).origin : 'not a valid URL';
}

/** Warnings and errors of OpenTelemetry, such as a collector that does not respond; at a limited rate. */
function diagnostics(faults: FaultLines): DiagLogger {
  const write = (text: string) =>
    faults.write('warn', { event: 'traces_not_sent', reason: reasonOf(text), msg: 'traces were not sent' });
  const ignore = () => {};
  return { error: write, warn: write, info: ignore, debug: ignore, verbose: ignore };
}

const REASON_LENGTH_MAX = 300;

/** Errors of the exporter arrive as JSON with a stack. */
function reasonOf(text: string): string {
  const [, message = text] = /"message":"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  return message.slice(0, REASON_LENGTH_MAX);
}

function bounded(work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FLUSH_TIMEOUT_MS);
  work.catch(() => {}).finally(resolve);
  return promise.finally(() => clearTimeout(timer));
}
