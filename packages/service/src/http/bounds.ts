/** What the HTTP server takes at once, and how long it waits. */
export interface HttpBounds {
  /** Connections at once. */
  readonly connections_max: number;
  /** The part of a bound, above 0 and at most 1, that one client address or one API key may take. */
  readonly caller_share: number;
  /** Requests of one connection that wait until the response before them is sent. */
  readonly pipelined_max: number;
  /** Unfinished bodies, waiting requests and large responses in memory, in bytes. */
  readonly held_bytes_max: number;
  /** From the connection to the end of the TLS handshake. */
  readonly handshake_timeout_ms: number;
  /** From the connection, or the first byte of a request, to the end of its head. */
  readonly head_timeout_ms: number;
  /** From the first byte of a request to the last byte of its body. */
  readonly request_timeout_ms: number;
  /** How long bytes may wait for a client that does not read. */
  readonly response_timeout_ms: number;
  /** Between two requests. */
  readonly idle_timeout_ms: number;
  /** How long a client may read an error after which the service reads nothing more. */
  readonly linger_timeout_ms: number;
  /** How often the deadlines are checked. */
  readonly check_interval_ms: number;
  /** How long a connection that was in use may still send a request while the service stops, and hear that it is the last. */
  readonly stop_grace_ms: number;
}

export const DEFAULT_BOUNDS: HttpBounds = {
  connections_max: 10_000,
  caller_share: 0.25,
  pipelined_max: 16,
  held_bytes_max: 67_108_864,
  handshake_timeout_ms: 10_000,
  head_timeout_ms: 10_000,
  request_timeout_ms: 30_000,
  response_timeout_ms: 30_000,
  // Longer than load balancers keep idle connections, so that they close first and not the service: 600 s for Google Cloud's.
  idle_timeout_ms: 650_000,
  linger_timeout_ms: 2_000,
  check_interval_ms: 500,
  stop_grace_ms: 1_000,
};

/** How much of a bound one caller may take. */
export function shareOf({ caller_share }: HttpBounds, max: number): number {
  return Math.max(1, Math.floor(max * caller_share));
}
