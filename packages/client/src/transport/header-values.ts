/** The caller's name for a request, which goes into every log line that it leads to. */
export const CORRELATION_HEADER = 'correlation_id';

/** A header holds visible ASCII; other text is percent-encoded rather than refused. */
export function headerText(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value.toWellFormed());
}

/** What must arrive as it is, or not at all. The message never holds the value, which may be a secret. */
export function visibleAscii(name: string, value: string): string {
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new TypeError(`${name} cannot be sent in a header: use visible ASCII without spaces.`);
}

/** Version 00 of W3C Trace Context. All zeros pass: they are what a tracer that is off writes, and receivers ignore. */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

export function traceparentText(value: string): string {
  if (TRACEPARENT.test(value)) return value;
  throw new TypeError('traceparent is not one of W3C Trace Context: use 00-<32 hex>-<16 hex>-<2 hex>, in lower case.');
}
