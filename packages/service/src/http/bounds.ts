/** The limits and timeouts of the HTTP server. */
export interface HttpBounds {
  /** Maximum number of open connections. */
  readonly connections_max: number;
  /** The fraction of a limit, above 0 and at most 1, that one client address or one API key may use. */
  readonly caller_share: number;
  /** Maximum number of requests of one connection that wait for the response before them. */
  readonly pipelined_max: number;
  /** Maximum bytes in memory for unfinished bodies, waiting requests and large responses. */
  readonly held_bytes_max: number;
  /** Timeout of the TLS handshake, from the connection on. */
  readonly handshake_timeout_ms: number;
  /** Timeout of the head of a request, from the connection or from the first byte of the request on. */
  readonly head_timeout_ms: number;
  /** Timeout of a request with its body, from its first byte on. */
  readonly request_timeout_ms: number;
  /** How long bytes of a response may wait for a client that does not read. */
  readonly response_timeout_ms: number;
  /** Timeout between two requests of a connection. */
  readonly idle_timeout_ms: number;
  /** How long a client may read an error response after which the service reads nothing more. */
  readonly linger_timeout_ms: number;
  /** The interval of the checks of these timeouts. */
  readonly check_interval_ms: number;
  /**
   * How long an active connection may still send a request while the service stops. The response says that it is the
   * last.
   */
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
  // Longer than the idle timeout of load balancers, so that they close connections first: 600 s for Google Cloud's.
  idle_timeout_ms: 650_000,
  linger_timeout_ms: 2_000,
  check_interval_ms: 500,
  stop_grace_ms: 1_000,
};

/** Returns the part of a limit that one caller may use. */
export function shareOf({ caller_share }: HttpBounds, max: number): number {
  return Math.max(1, Math.floor(max * caller_share));
}
