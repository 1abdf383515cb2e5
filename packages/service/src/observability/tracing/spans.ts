import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { SessionsError } from '../../domain/errors.ts';
import type { SessionStore } from '../../domain/store.ts';
import { callerSpan } from './trace-context.ts';
import type { TracedRequest, Tracing } from './tracing.ts';

/** The methods of HTTP; semantic conventions call others `_OTHER`, so that a caller cannot invent names. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** `db.system.name` of the semantic conventions, by the scheme of the store's URL. */
const SYSTEMS: Readonly<Record<string, string>> = {
  postgres: 'postgresql',
  postgresql: 'postgresql',
  rediss: 'redis',
};

/** The calls of a store that have a span. The others belong to the process: opening, leases, checks, figures. */
const STORE_CALLS: ReadonlySet<string> = new Set<keyof SessionStore>([
  'insert',
  'find',
  'update',
  'remove',
  'list',
  'scan',
  'count',
  'closeMatching',
  'removeOfUser',
  'hours',
  'ping',
]);

/** Records spans with a tracer. No attribute has an id, a token, a user, an address or the text of an error. */
export class Spans implements Tracing {
  readonly #tracer: Tracer;
  readonly #flush: () => Promise<void>;
  /** The span in which the code runs. */
  readonly #current = new AsyncLocalStorage<Span>();

  /** `flush` sends the spans that wait. */
  constructor(tracer: Tracer, flush: () => Promise<void>) {
    this.#tracer = tracer;
    this.#flush = flush;
  }

  readonly request = async (request: TracedRequest, work: () => Promise<void>): Promise<void> => {
    const method = METHODS.has(request.method) ? request.method : '_OTHER';
    const { traceparent, tracestate } = request.headers;
    const caller = callerSpan(traceparent, tracestate);
    const parent = caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT;
    const attributes = { 'http.request.method': method, 'url.scheme': request.scheme };
    const span = this.#tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    // Most requests of a sampled service: without a current span, nothing inside has one.
    if (!span.isRecording()) return work();
    try {
      await this.#current.run(span, work);
    } finally {
      const route = request.route();
      if (route !== undefined) {
        span.updateName(`${method} ${route}`);
        span.setAttributes({ 'http.route': route, 'url.path': route });
      }
      const status = request.status();
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) {
        span.setAttribute('error.type', String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    }
  };

  readonly useCase = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    this.#run(`sessions ${name}`, SpanKind.INTERNAL, {}, work);

  readonly store = (store: SessionStore, scheme: string): SessionStore => {
    const system = SYSTEMS[scheme] ?? scheme;
    const wrapped = new Map<PropertyKey, unknown>();
    const wrap = (name: PropertyKey): unknown => {
      const value: unknown = Reflect.get(store, name);
      if (typeof value !== 'function') return value;
      if (!STORE_CALLS.has(String(name))) return value.bind(store);
      const attributes = { 'db.system.name': system, 'db.operation.name': String(name) };
      return (...args: unknown[]) =>
        this.#run(`${String(name)} ${system}`, SpanKind.CLIENT, attributes, () => value.apply(store, args));
    };
    return new Proxy(store, {
      get: (_, name) => {
        // Only methods stay the same: other properties are read each time.
        if (typeof Reflect.get(store, name) !== 'function') return Reflect.get(store, name);
        if (!wrapped.has(name)) wrapped.set(name, wrap(name));
        return wrapped.get(name);
      },
    });
  };

  readonly stop = (): Promise<void> => this.#flush();

  /** Runs the work in a span below the current one; without a current span, only runs the work. */
  async #run<T>(name: string, kind: SpanKind, attributes: Attributes, work: () => Promise<T>): Promise<T> {
    const parent = this.#current.getStore();
    if (parent === undefined) return work();
    const span = this.#tracer.startSpan(name, { kind, attributes }, trace.setSpan(ROOT_CONTEXT, parent));
    try {
      return await this.#current.run(span, work);
    } catch (error) {
      span.setAttribute('error.type', typeOf(error));
      if (isFailure(error)) span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }
}

function typeOf(error: unknown): string {
  if (error instanceof SessionsError) return error.code;
  return error instanceof Error ? error.name : '_OTHER';
}

/** Whether something failed: a rejection by a rule, such as an ended session, is a normal response. */
function isFailure(error: unknown): boolean {
  return !(error instanceof SessionsError) || error.code.startsWith('STORE_');
}
