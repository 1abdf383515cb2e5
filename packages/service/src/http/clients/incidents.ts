/** Why the service destroys a connection. */
export type CutReason =
  | 'too_many_connections'
  | 'handshake_timeout'
  | 'response_timeout'
  | 'pipelining'
  | 'bytes_in_memory';

interface AboutRequest {
  readonly correlation_id: string | undefined;
  readonly code: string;
  readonly status: number;
  readonly method: string | undefined;
  /** By the words of routes: other segments are left out. */
  readonly path: string;
}

/** What a stranger can cause. It holds nothing that was presented, which may be a key with one character wrong. */
export type Incident =
  | { readonly event: 'authentication_failed'; readonly code: string; readonly reason: string }
  | { readonly event: 'authorization_failed'; readonly code: string; readonly key: string; readonly needed: string }
  | { readonly event: 'page_refused'; readonly reason: 'host' | 'origin' }
  | { readonly event: 'unknown_token' }
  /** Counted for each session. */
  | { readonly event: 'compromised_session'; readonly session: string }
  | ({ readonly event: 'request_refused' } & AboutRequest)
  | ({ readonly event: 'request_failed'; readonly err: unknown } & AboutRequest)
  | { readonly event: 'malformed_request'; readonly code: string; readonly status: number; readonly error: string }
  | { readonly event: 'slow_listener' }
  | { readonly event: 'accept_failed'; readonly code: string }
  | { readonly event: 'connection_refused' }
  | { readonly event: 'connection_cut'; readonly reason: CutReason };

export type IncidentEvent = Incident['event'];

interface IncidentKind {
  readonly level: 'error' | 'warn' | 'debug';
  /** Lines that one client may cause in an interval. */
  readonly lines_max: number;
  readonly msg: string;
}

export const INCIDENT_KINDS: Readonly<Record<IncidentEvent, IncidentKind>> = {
  authentication_failed: { level: 'warn', lines_max: 1, msg: 'request refused' },
  authorization_failed: { level: 'warn', lines_max: 1, msg: 'request refused' },
  page_refused: { level: 'warn', lines_max: 1, msg: 'a web page, or another name than those allowed, was refused' },
  unknown_token: { level: 'warn', lines_max: 1, msg: 'an unknown token was presented' },
  compromised_session: { level: 'warn', lines_max: 1, msg: 'a token was presented after its rotation' },
  request_refused: { level: 'debug', lines_max: 5, msg: 'request refused' },
  request_failed: { level: 'error', lines_max: 5, msg: 'request failed' },
  malformed_request: { level: 'debug', lines_max: 5, msg: 'connection refused' },
  slow_listener: { level: 'warn', lines_max: 1, msg: 'a listener of changes reads too slowly, and was cut off' },
  accept_failed: { level: 'warn', lines_max: 1, msg: 'the system did not hand over a connection' },
  connection_refused: { level: 'warn', lines_max: 1, msg: 'a client has too many connections and was refused one' },
  connection_cut: { level: 'warn', lines_max: 1, msg: 'a connection exceeded a bound and was destroyed' },
};
