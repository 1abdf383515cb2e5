import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { SessionsError } from '../domain/errors.ts';
import type { Logger } from '../observability/log.ts';
import { ERROR_MAP, RequestError, type RequestErrorCode } from './error-map.ts';

/** Answers the standard error of the Pip.Services toolkit (WIRE_V1.md, Statuses); what is not expected stays in the log. */
export function sendError(error: Error, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const known = error instanceof SessionsError || error instanceof RequestError ? error : fromFramework(error);
  const correlation_id = request.id || undefined;
  const { status } = ERROR_MAP[known.code];
  const line = { correlation_id, code: known.code, status, method: request.method, url: request.url.split('?', 1)[0] };
  if (status >= 500) log.error({ ...line, err: error, msg: 'request failed' });
  else log.debug({ ...line, reason: known.message, msg: 'request refused' });
  if (status === 503) reply.header('retry-after', '1');
  // The rest of the body is not read, so nothing can follow on this connection.
  if (status === 413) reply.header('connection', 'close');
  return reply.code(status).type('application/json; charset=utf-8').send(errorText(known, correlation_id));
}

/** Answers what is not HTTP, or came too slowly, and closes the connection. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket, log: Logger): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const known =
    CONNECTION_ERRORS[error.code ?? ''] ?? new RequestError('InvalidRequest', 'The request is not HTTP/1.1.');
  const { status } = ERROR_MAP[known.code];
  log.debug({ code: known.code, status, reason: error.message, msg: 'connection refused' });
  const body = errorText(known, undefined);
  const head = `HTTP/1.1 ${status} ${known.code}\r\ncontent-type: application/json; charset=utf-8\r\n`;
  if (socket.writable)
    socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
  socket.destroySoon();
}

function errorText(error: SessionsError | RequestError, correlation_id: string | undefined): string {
  const { code, message } = error;
  const details = error instanceof SessionsError ? error.details : undefined;
  return JSON.stringify({ code, ...ERROR_MAP[code], message, details, correlation_id });
}

const CONNECTION_ERRORS: Readonly<Record<string, RequestError>> = {
  HPE_HEADER_OVERFLOW: new RequestError('HEADERS_TOO_LARGE', 'The headers are larger than the service accepts.'),
  ERR_HTTP_REQUEST_TIMEOUT: new RequestError('REQUEST_TIMEOUT', 'The request did not arrive in time.'),
};

function fromFramework(error: Error & Partial<FastifyError>): RequestError {
  const [code, message] = FRAMEWORK_ERRORS[error.code ?? ''] ?? ['INTERNAL', 'The service failed; its log says why.'];
  return new RequestError(code, message);
}

const FRAMEWORK_ERRORS: Readonly<Record<string, readonly [RequestErrorCode, string]>> = {
  FST_ERR_BAD_URL: ['ResourceNotFound', 'The path does not exist.'],
  FST_ERR_MAX_PARAM_LENGTH: ['ResourceNotFound', 'The path does not exist.'],
};
