import { type IncomingMessage, maxHeaderSize, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ERROR_MAP, PROBLEMS, RequestError } from '../api/error-codes.ts';
import { SessionsError } from '../domain/errors.ts';
import { hasLargeUnreadBody } from './body/unread-body.ts';
import type { IncidentLog } from './clients/incident-log.ts';
import { type Connection, connectionOf } from './connections/connection.ts';
import { responseUnderWay } from './connections/node-internals.ts';
import { correlationId } from './correlation.ts';
import { JSON_UTF8, NO_SNIFFING, PROBLEM_JSON } from './media-type.ts';
import { ALL_METHODS } from './methods.ts';
import type { RouteNames } from './route-names.ts';

/** The response to a request that failed. */
interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly text: string;
}

/** The error format of an API. */
type ErrorFormat = 'v1' | 'problem';

/** Sends responses for failed requests and logs them, without content of the requests. */
export class ErrorResponses {
  readonly #incidents: IncidentLog;
  readonly #routes: RouteNames;

  constructor(incidents: IncidentLog, routes: RouteNames) {
    this.#incidents = incidents;
    this.#routes = routes;
  }

  /** Sends the error response of an API. Returns its status. */
  send(error: unknown, request: IncomingMessage, response: ServerResponse, format: ErrorFormat): number {
    const { status, headers, text } = this.#responseTo(error, request, format);
    if (response.headersSent) {
      // Part of the response is already sent. Destroying it shows the client that it is incomplete.
      response.destroy();
      return status;
    }
    const isLast = hasLargeUnreadBody(request);
    if (isLast) connectionOf(request.socket)?.endAfterResponse();
    response.writeHead(status, isLast ? { ...headers, connection: 'close' } : headers).end(text);
    return status;
  }

  /** Responds to a request that is invalid or too slow, and ends the connection. */
  refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
    const connection = connectionOf(socket);
    if (!connection || error.code === 'ECONNRESET' || !mayAnswer(socket)) {
      connection?.destroy();
      socket.destroy();
      return;
    }
    const known = CONNECTION_ERRORS[error.code ?? ''] ?? NOT_HTTP;
    this.#endWith(known, connection, error.code ?? '');
  }

  /** Rejects a request for a tunnel (RFC 9110, 9.3.6), and ends the connection. */
  refuseTunnel(socket: Socket): void {
    const connection = connectionOf(socket);
    if (connection) this.#endWith(NO_TUNNELS, connection, 'CONNECT');
    else socket.destroy();
  }

  #endWith(known: RequestError, connection: Connection, error: string): void {
    const { status } = ERROR_MAP[known.code];
    this.#incidents.write({ event: 'malformed_request', code: known.code, status, error }, connection.address);
    const body = errorText(known, undefined);
    const headers = {
      'content-type': JSON_UTF8,
      'content-length': Buffer.byteLength(body),
      connection: 'close',
      ...NO_SNIFFING,
      ...known.headers,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    connection.endWith(`HTTP/1.1 ${status} ${known.code}\r\n${lines.join('')}\r\n${body}`);
  }

  #responseTo(error: unknown, request: IncomingMessage, format: ErrorFormat): ErrorResponse {
    const known = error instanceof SessionsError || error instanceof RequestError ? error : INTERNAL;
    const { code } = known;
    const correlation_id = correlationId(request) || undefined;
    // The problem code may be more general than the code of the error.
    const { status } = format === 'v1' ? ERROR_MAP[code] : PROBLEMS[ERROR_MAP[code].problem];
    const { method, url, socket } = request;
    const about = { correlation_id, code, status, method, path: this.#routes.of(url) };
    const address = socket.remoteAddress ?? '';
    if (status >= 500) this.#incidents.write({ event: 'request_failed', ...about, err: error }, address);
    else this.#incidents.write({ event: 'request_refused', ...about }, address);
    const text = format === 'v1' ? errorText(known, correlation_id) : problemText(known, correlation_id);
    const headers = {
      'content-type': format === 'v1' ? JSON_UTF8 : PROBLEM_JSON,
      'content-length': Buffer.byteLength(text),
      ...NO_SNIFFING,
      // Without this header a cache may store a 404 (RFC 9110, 15.1).
      ...(format === 'problem' && { 'cache-control': 'no-store' }),
      ...(status === 503 && { 'retry-after': 1 }),
      ...(known instanceof RequestError && known.headers),
    };
    return { status, headers, text };
  }
}

/** Whether the client would take a response for that of the failed request, and not for that of an earlier one. */
function mayAnswer(socket: Socket): boolean {
  if (socket.bytesRead === 0 || !socket.writable) return false;
  const response = responseUnderWay(socket);
  return response === null || !(response.headersSent || response.req.complete);
}

/** Returns the standard error of the Pip.Services toolkit (WIRE_V1.md, Statuses). */
function errorText(error: SessionsError | RequestError, correlation_id: string | undefined): string {
  const { code, message } = error;
  const { status, category } = ERROR_MAP[code];
  const details = error instanceof SessionsError ? error.details : undefined;
  return JSON.stringify({ code, status, category, message, details, correlation_id });
}

/** Returns a problem (RFC 9457). If its code is more general than that of the error, its status and detail are too. */
function problemText(error: SessionsError | RequestError, correlation_id: string | undefined): string {
  const { problem: code } = ERROR_MAP[error.code];
  const { status, title } = PROBLEMS[code];
  const detail = code === 'INTERNAL' ? INTERNAL.message : error.message;
  const details = error instanceof SessionsError && code !== 'INTERNAL' ? error.details : undefined;
  const type = `urn:pip-sessions:problem:${code}`;
  return JSON.stringify({ type, title, status, detail, code, details, correlation_id });
}

const INTERNAL = new RequestError('INTERNAL', 'The service failed. The reason is in its log.');

const NO_TUNNELS = new RequestError('MethodNotAllowed', 'The service is not a proxy and opens no tunnels.', {
  allow: ALL_METHODS,
});

const NOT_HTTP = new RequestError('InvalidRequest', 'The request is not valid HTTP/1.1.');

const CONNECTION_ERRORS: Readonly<Record<string, RequestError>> = {
  HPE_HEADER_OVERFLOW: new RequestError(
    'HEADERS_TOO_LARGE',
    `The request line and the headers are larger than ${maxHeaderSize} bytes, the maximum.`,
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new RequestError(
    'REQUEST_TIMEOUT',
    'The request did not arrive in time. Send it again, or look for a slow network.',
  ),
};
