/** What is looked at in a request, whatever the framework. */
export interface RequestView {
  readonly method: string;
  /** Host and port that the request was sent to; null when it does not say. */
  readonly host: string | null;
  /** By a name in lower case; null when it is not there. */
  header(name: string): string | null;
}

/** A request and its answer, of which the headers are changed before its handler or after. */
export interface Exchange extends RequestView {
  /** In place of the `Set-Cookie` lines of the session's cookie, and beside all others. Enforces `no-store`. */
  setCookie(line: string): void;
  /** `Cache-Control: no-store`, unless the handler sets another: what depends on a session belongs in no cache. */
  forbidStore(): void;
  /** The same whatever the handler sets, and however: for a response with a token (ASVS 14.3.2). */
  enforceNoStore(): void;
}
