import type { SessionStore } from '../../domain/store.ts';

/** A request whose span begins. It has no id, no token and no query of the request. */
export interface TracedRequest {
  /** The HTTP method. */
  readonly method: string;
  /** The headers of the caller's trace (W3C Trace Context). */
  readonly headers: { readonly traceparent?: unknown; readonly tracestate?: unknown };
  readonly scheme: 'http' | 'https';
  /** The path as a template, when it is known; undefined for a path that does not exist. */
  readonly route: () => string | undefined;
  /** The status of the response, when the work is done. */
  readonly status: () => number;
}

/** Records spans. A service without traces has none of these: nothing is called. */
export interface Tracing {
  /** Runs the work of a request in a span of the kind SERVER. */
  readonly request: (request: TracedRequest, work: () => Promise<void>) => Promise<void>;
  /** Runs a use case in a span of the kind INTERNAL. */
  readonly useCase: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Returns the store with a span of the kind CLIENT for each call within a request. `scheme` is that of its URL. */
  readonly store: (store: SessionStore, scheme: string) => SessionStore;
  /** Sends the spans that wait, for a few seconds at most. */
  readonly stop: () => Promise<void>;
}
