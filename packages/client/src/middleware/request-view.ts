/** The parts of a request that the middleware reads, for every framework. */
export interface RequestView {
  readonly method: string;
  /** Host and port, from `Host` or `:authority`; null if the request has neither. */
  readonly host: string | null;
  /** The path as it was sent, without the query; null if it is unknown. */
  readonly path: string | null;
  /** Returns a header by its name in lower case; null if the request does not have it. */
  header(name: string): string | null;
}
