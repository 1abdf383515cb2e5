import { ERROR_MAP, RequestError } from '@pip-sessions/service/internal/api/error-codes';
import { SessionsError } from '@pip-sessions/service/internal/domain/errors';
import {
  type ApplicationException,
  ApplicationExceptionFactory,
  ConfigException,
  ErrorDescription,
} from 'pip-services3-commons-nodex';

/** An error of the domain as the exception of its category in the Pip.Services toolkit; any other as it is. */
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

/** A setting that is missing or wrong; `setting` is its key, as it stands in the configuration. */
export function badSetting(setting: string, message: string): ApplicationException {
  return new ConfigException(undefined, 'INVALID_CONFIG', message).withDetails('setting', setting);
}
