/** The header that identifies a request in every log line that it causes. */
export const CORRELATION_HEADER = 'correlation_id';

/** Returns `value` if a header can hold it (visible ASCII and spaces), else percent-encodes it. */
export function headerText(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value.toWellFormed());
}

/**
 * Returns `value` if a header can hold it unchanged, else throws a `TypeError`. The message never contains the value,
 * which may be a secret.
 */
export function visibleAscii(name: string, value: string): string {
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new TypeError(`${name} cannot be sent in a header: use visible ASCII characters without spaces.`);
}

/**
 * Version 00 of W3C Trace Context. All zeros are allowed: a tracer that is off writes them, and receivers ignore them.
 */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

export function traceparentText(value: string): string {
  if (TRACEPARENT.test(value)) return value;
  throw new TypeError('traceparent is not a valid W3C Trace Context: use 00-<32 hex>-<16 hex>-<2 hex>, in lower case.');
}
