import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { HttpBounds } from './bounds.ts';

/** PEM texts. With a `ca`, clients must have a certificate that it signed. */
export interface Tls {
  readonly key: string;
  readonly cert: string;
  readonly ca?: string;
}

/**
 * Clients are asked to close an idle connection this much earlier than the service does: a request may be on its way
 * then.
 */
const IDLE_MARGIN_MS = 1_000;

/**
 * Creates Node's HTTP server with the timeouts of this service. Node checks them every 30 s by default, so that a
 * request with a timeout of 30 s could take 60 s. Node would also reject requests without a host itself, without the
 * limits of this service; so the service does it.
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
    // Several headers of one name must be detected: by default Node drops the second one.
    joinDuplicateHeaders: true,
  };
  const server = tls
    ? createTlsServer({ ...options, ...tls, requestCert: tls.ca !== undefined }, listener)
    : createServer(options, listener);
  // A request with "Expect: 100-continue" gets the "100 Continue" only if the service reads its body.
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
