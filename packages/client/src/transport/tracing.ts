/** A call, for its span. It has no id, no token and no query. */
export interface TracedCall {
  /** The HTTP method. */
  readonly method: string;
  /** The path as a template, such as `/v2/sessions/{id}`. */
  readonly path: string;
  /** The address of the service. */
  readonly url: string;
  /** The trace of the caller (W3C Trace Context), if the caller gave it; else it is the current one. */
  readonly traceparent: string | undefined;
}

/** The span of a call that is in progress. */
export interface CallSpan {
  /** The headers that carry the span to the service. */
  readonly headers: Readonly<Record<string, string>>;
  /** Called with the status of each response. */
  readonly responded: (status: number) => void;
}

/** Records the calls of a client. `@pip-sessions/client/opentelemetry` has one. */
export interface ClientTracing {
  /** Runs the work of a call, with all its attempts, in a span of its own. Returns what the work returns. */
  readonly call: <T>(call: TracedCall, work: (span: CallSpan) => Promise<T>) => Promise<T>;
}
