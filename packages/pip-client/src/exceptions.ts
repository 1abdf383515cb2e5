import { SessionsCallError, SessionsServiceError } from '@pip-sessions/client';
import {
  type ApplicationException,
  ApplicationExceptionFactory,
  ConnectionException,
  ErrorDescription,
  InvocationException,
} from 'pip-services3-commons-nodex';

/** The toolkit's exception for what a call rejected with; anything else as it is. */
export function toException(error: unknown, correlationId: string | null): unknown {
  if (error instanceof SessionsServiceError) return fromAnswer(error, correlationId);
  if (error instanceof SessionsCallError) return fromNoAnswer(error, correlationId);
  return error;
}

/** The category of the answer decides the class, not its status (WIRE_V1.md, Statuses). */
function fromAnswer(error: SessionsServiceError, correlationId: string | null): ApplicationException {
  const { code, category, status, message, details } = error;
  const correlation_id = error.correlation_id ?? correlationId;
  const description = new ErrorDescription();
  const exception = ApplicationExceptionFactory.create(
    Object.assign(description, { code, category, status, message, details, correlation_id }),
  );
  // The factory drops all of these for a category that it does not know.
  exception.message = message;
  exception.withCode(code).withStatus(status);
  if (correlation_id !== null) exception.withCorrelationId(correlation_id);
  return exception;
}

function fromNoAnswer(error: SessionsCallError, correlationId: string | null): ApplicationException {
  const { code, url, command, message, cause } = error;
  const exception = create();
  if (cause instanceof Error) exception.withCause(cause);
  return exception.withDetails('url', url).withDetails('command', command);

  function create(): ApplicationException {
    switch (code) {
      case 'TIMEOUT':
      case 'UNREACHABLE':
        return new ConnectionException(correlationId ?? undefined, code, message);
      case 'ABORTED':
      case 'INVALID_ANSWER':
      case 'ANSWER_TOO_LARGE':
        return new InvocationException(correlationId ?? undefined, code, message);
    }
  }
}
