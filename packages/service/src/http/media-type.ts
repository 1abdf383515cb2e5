/** Dart clients decode a response as latin1 if it does not name a charset (WIRE_V1.md, HTTP). */
export const JSON_UTF8 = 'application/json; charset=utf-8';

/** RFC 9457. */
export const PROBLEM_JSON = 'application/problem+json';

/** Prevents browsers from guessing another type than the named one. Every response has it. */
export const NO_SNIFFING = { 'x-content-type-options': 'nosniff' } as const;
/** The same header, for lists of headers. */
export const NO_SNIFFING_PAIR = ['x-content-type-options', 'nosniff'] as const;
