import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { rejectionOf } from '../middleware/rejections/rejection-of.ts';
import { PROBLEM_TYPE } from '../middleware/rejections/rejections.ts';

/**
 * The errors that the filter gets: other filters get all others. `Catch` takes classes, and compares with `instanceof`.
 */
class Rejected extends Error {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return rejectionOf(error) !== null;
  }
}

/** Responds to rejections, and to calls of the client that failed because the service is unavailable. */
export class SessionErrorsFilter implements ExceptionFilter {
  readonly #host: HttpAdapterHost;

  constructor(host: HttpAdapterHost) {
    this.#host = host;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const rejection = rejectionOf(error);
    if (rejection === null || host.getType() !== 'http') return;
    // A rejection is expected, or was reported to `onFault`. A failed call of the client belongs into the log.
    if (error !== rejection) new Logger('UserSessionsModule').error(error);
    const { httpAdapter } = this.#host;
    const response: unknown = host.switchToHttp().getResponse();
    if (httpAdapter.isHeadersSent(response)) return void httpAdapter.end(response);
    for (const [name, value] of Object.entries({ ...rejection.headers, 'content-type': PROBLEM_TYPE })) {
      httpAdapter.setHeader(response, name, value);
    }
    httpAdapter.reply(response, rejection.body, rejection.status);
  }
}

Catch(Rejected)(SessionErrorsFilter);
Inject(HttpAdapterHost)(SessionErrorsFilter, undefined, 0);
