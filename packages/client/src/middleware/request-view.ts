/** What is looked at in a request, whatever the framework. */
export interface RequestView {
  readonly method: string;
  /** Host and port as the browser sent them, from `Host` or `:authority`; null when the request does not say. */
  readonly host: string | null;
  /** The path as it was sent, without the query; null when it is not known. */
  readonly path: string | null;
  /** By a name in lower case; null when it is not there. */
  header(name: string): string | null;
}
