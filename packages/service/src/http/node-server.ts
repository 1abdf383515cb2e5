import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { HttpBounds } from './bounds.ts';

/** PEM texts; with a `ca`, clients need a certificate. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
  readonly ca?: string;
}

/** Clients are told to end an idle connection so much earlier than the service does: a request may be on its way then. */
const IDLE_MARGIN_MS = 1_000;

/**
 * Node's HTTP server with this service's deadlines. Node checks them every 30 s by default, so that a request of 30 s could
 * take 60. It would refuse requests without a host by itself, past everything that bounds requests: the service does it.
 */
export function createNodeServer(listener: RequestListener, bounds: HttpBounds, tls: Tls | undefined): Server {
  const margin_ms = Math.min(IDLE_MARGIN_MS, Math.floor(bounds.idle_timeout_ms / 2));
  const options = {
    headersTimeout: bounds.head_timeout_ms,
    requestTimeout: bounds.request_timeout_ms,
    keepAliveTimeout: bounds.idle_timeout_ms - margin_ms,
    keepAliveTimeoutBuffer: margin_ms,
    connectionsCheckingInterval: bounds.check_interval_ms,
    requireHostHeader: false,
    // Two headers of one name are told apart from one: Node drops the second one otherwise.
    joinDuplicateHeaders: true,
  };
  const server = tls
    ? createTlsServer({ ...options, ...tls, requestCert: tls.ca !== undefined }, listener)
    : createServer(options, listener);
  // A request that expects "100-continue" has its body read, or not, as any other.
  server.on('checkContinue', (request, response) => {
    const askForBody = (event: string) => {
      if (event !== 'data') return;
      request.off('newListener', askForBody);
      response.writeContinue();
    };
    request.on('newListener', askForBody);
    listener(request, response);
  });
  return server;
}
