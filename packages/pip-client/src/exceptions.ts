import { SessionsCallError, SessionsServiceError } from '@pip-sessions/client';
import {
  type ApplicationException,
  ApplicationExceptionFactory,
  ConnectionException,
  ErrorDescription,
  InvocationException,
} from 'pip-services3-commons-nodex';

/** Converts the error of a call to the toolkit's exception. Returns any other error unchanged. */
export function toException(error: unknown, correlationId: string | null): unknown {
  if (error instanceof SessionsServiceError) return fromAnswer(error, correlationId);
  if (error instanceof SessionsCallError) return fromNoAnswer(error, correlationId);
  return error;
}

/** The category in the response selects the class, not the HTTP status (WIRE_V1.md, Statuses). */
function fromAnswer(error: SessionsServiceError, correlationId: string | null): ApplicationException {
  const { code, category, status, message, details } = error;
  const correlation_id = error.correlation_id ?? correlationId;
  const description = new ErrorDescription();
  const exception = ApplicationExceptionFactory.create(
    Object.assign(description, { code, category, status, message, details, correlation_id }),
  );
  // For a category that it does not know, the factory drops all of these.
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
      case 'INVALID_RESPONSE':
      case 'RESPONSE_TOO_LARGE':
        return new InvocationException(correlationId ?? undefined, code, message);
    }
  }
}
