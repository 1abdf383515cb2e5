import { codeOf } from './error-code.ts';

/** The service names its maximum in the message alone. */
const REFUSED = /\bidle_timeout must not be longer than (\d+) seconds/;

/** The longest idle timeout that the service allows, in seconds, of an error that says so; null for another error. */
export function idleTimeoutMaximumOf(error: unknown): number | null {
  if (codeOf(error) !== 'INVALID_DATA' || !(error instanceof Error)) return null;
  const [, seconds] = REFUSED.exec(error.message) ?? [];
  return seconds === undefined ? null : Number(seconds);
}
