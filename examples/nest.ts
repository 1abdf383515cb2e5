/** A guard and a filter of errors for Nest. They use the shapes of Nest's interfaces, so this file needs no Nest. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusalOf, sendRefusal, userSessionOf } from '@pip-sessions/client/express';

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
    return userSessionOf(context.switchToHttp().getRequest()).required.active; // throws the refusal, a 401
  }
}
// #endregion

// #region filter
/** Responds to refusals with their status, headers and body. Passes every other error on. */
export class SessionErrorsFilter {
  readonly #next: Filter;

  constructor(next: Filter) {
    this.#next = next;
  }

  catch(error: unknown, host: Context): void {
    const refusal = refusalOf(error);
    if (refusal) sendRefusal(host.switchToHttp().getResponse(), refusal);
    else this.#next.catch(error, host);
  }
}
// #endregion
