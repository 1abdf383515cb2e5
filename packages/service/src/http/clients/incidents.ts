/** Why the service destroys a connection. */
export type CutReason =
  | 'too_many_connections'
  | 'handshake_timeout'
  | 'response_timeout'
  | 'pipelining'
  | 'bytes_in_memory';

/** What a stranger can cause. It holds nothing that was presented, which may be a key with one character wrong. */
export type Incident =
  | { readonly event: 'authentication_failed'; readonly code: string; readonly reason: string }
  | { readonly event: 'authorization_failed'; readonly code: string; readonly key: string; readonly needed: string }
  | { readonly event: 'page_refused'; readonly reason: 'host' | 'origin' }
  | { readonly event: 'slow_listener' }
  | { readonly event: 'accept_failed'; readonly code: string }
  | { readonly event: 'connection_refused' }
  | { readonly event: 'connection_cut'; readonly reason: CutReason };

export type IncidentEvent = Incident['event'];

interface IncidentKind {
  readonly level: 'warn';
  /** Lines that one client may cause in an interval. */
  readonly lines_max: number;
  readonly msg: string;
}

export const INCIDENT_KINDS: Readonly<Record<IncidentEvent, IncidentKind>> = {
  authentication_failed: { level: 'warn', lines_max: 1, msg: 'request refused' },
  authorization_failed: { level: 'warn', lines_max: 1, msg: 'request refused' },
  page_refused: { level: 'warn', lines_max: 1, msg: 'a web page, or another name than those allowed, was refused' },
  slow_listener: { level: 'warn', lines_max: 1, msg: 'a listener of changes reads too slowly, and was cut off' },
  accept_failed: { level: 'warn', lines_max: 1, msg: 'the system did not hand over a connection' },
  connection_refused: { level: 'warn', lines_max: 1, msg: 'a client has too many connections and was refused one' },
  connection_cut: { level: 'warn', lines_max: 1, msg: 'a connection exceeded a bound and was destroyed' },
};
