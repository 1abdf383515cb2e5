import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** PEM texts; with a `ca`, clients need a certificate. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
  readonly ca?: string;
}

/** How long a client may take to send its request. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the idle timeout of common load balancers (60 s), so that they and not the server close first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const CONNECTIONS_MAX = 10_000;

/** Node's HTTP server with this service's bounds. */
export function createNodeServer(listener: RequestListener, tls: Tls | undefined): Server {
  const options = { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS };
  const server = tls
    ? createTlsServer({ ...options, ...tls, requestCert: tls.ca !== undefined }, listener)
    : createServer(options, listener);
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}
