/** A guard and a filter of errors for Nest. They use the shapes of Nest's interfaces, so this file needs no Nest. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rejectionOf, sendRejection, userSessionOf } from '@pip-sessions/client/express';

/** `ExecutionContext` and `ArgumentsHost` of `@nestjs/common`. */
interface Context {
  switchToHttp(): { getRequest(): IncomingMessage; getResponse(): ServerResponse };
}

/** `ExceptionFilter` of `@nestjs/common`. */
interface Filter {
  catch(error: unknown, host: Context): unknown;
}

// #region guard
/** `@UseGuards(SessionGuard)`: the handlers of this controller need a signed-in user. */
export class SessionGuard {
  canActivate(context: Context): boolean {
    return userSessionOf(context.switchToHttp().getRequest()).required.active; // throws the rejection, a 401
  }
}
// #endregion

// #region filter
/** Responds to rejections with their status, headers and body. Passes every other error on. */
export class SessionErrorsFilter {
  readonly #next: Filter;

  constructor(next: Filter) {
    this.#next = next;
  }

  catch(error: unknown, host: Context): void {
    const rejection = rejectionOf(error);
    if (rejection) sendRejection(host.switchToHttp().getResponse(), rejection);
    else this.#next.catch(error, host);
  }
}
// #endregion
