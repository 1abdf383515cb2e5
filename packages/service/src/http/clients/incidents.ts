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
  /** The path as `RouteNames` writes it, without segments that are not words of routes. */
  readonly path: string;
}

/**
 * An incident that an unknown caller can cause. It has nothing that the caller presented, which may be a key with one
 * wrong character.
 */
export type Incident =
  | { readonly event: 'authentication_failed'; readonly code: string; readonly reason: string; readonly key?: string }
  | { readonly event: 'authorization_failed'; readonly code: string; readonly key: string; readonly needed: string }
  | { readonly event: 'page_refused'; readonly reason: 'host' | 'origin' }
  | { readonly event: 'unknown_token' }
  /** Counted per session, not per client. */
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
  /** Maximum number of lines of one client in an interval. */
  readonly lines_max: number;
  readonly msg: string;
}

export const INCIDENT_KINDS: Readonly<Record<IncidentEvent, IncidentKind>> = {
  authentication_failed: { level: 'warn', lines_max: 1, msg: 'request rejected' },
  authorization_failed: { level: 'warn', lines_max: 1, msg: 'request rejected' },
  page_refused: {
    level: 'warn',
    lines_max: 1,
    msg: 'a request with a host or origin that is not allowed was rejected',
  },
  unknown_token: { level: 'warn', lines_max: 1, msg: 'an unknown token was presented' },
  compromised_session: { level: 'warn', lines_max: 1, msg: 'a rotated token was presented after its grace period' },
  request_refused: { level: 'debug', lines_max: 5, msg: 'request rejected' },
  request_failed: { level: 'error', lines_max: 5, msg: 'request failed' },
  malformed_request: { level: 'debug', lines_max: 5, msg: 'malformed request rejected' },
  slow_listener: { level: 'warn', lines_max: 1, msg: 'a listener of changes read too slowly and was disconnected' },
  accept_failed: { level: 'warn', lines_max: 1, msg: 'the system could not accept a connection' },
  connection_refused: { level: 'warn', lines_max: 1, msg: 'a connection was rejected because there are too many' },
  connection_cut: { level: 'warn', lines_max: 1, msg: 'a connection exceeded a limit and was closed' },
};
