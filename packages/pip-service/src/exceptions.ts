import { ERROR_MAP, RequestError } from '@pip-sessions/service/internal/api/error-codes';
import { SessionsError } from '@pip-sessions/service/internal/domain/errors';
import {
  type ApplicationException,
  ApplicationExceptionFactory,
  ConfigException,
  ErrorDescription,
} from 'pip-services3-commons-nodex';

/**
 * Converts an error of the domain to the exception of its category in the Pip.Services toolkit. Other errors are
 * returned unchanged.
 */
export function toException(error: unknown, correlationId: string | null): unknown {
  if (!(error instanceof SessionsError || error instanceof RequestError)) return error;
  const { status, category } = ERROR_MAP[error.code];
  const { code, message, cause } = error;
  const details = error instanceof SessionsError ? error.details : undefined;
  const description = Object.assign(new ErrorDescription(), {
    category,
    code,
    message,
    details,
    correlation_id: correlationId ?? undefined,
    cause: cause instanceof Error ? cause.message : undefined,
  });
  return ApplicationExceptionFactory.create(description).withStatus(status);
}

/** Returns the exception for a missing or bad setting. `setting` is its key in the configuration. */
export function badSetting(setting: string, message: string): ApplicationException {
  return new ConfigException(undefined, 'INVALID_CONFIG', message).withDetails('setting', setting);
}
