/** Dart clients decode an answer as latin1 unless the charset is named (WIRE_V1.md, HTTP). */
export const JSON_UTF8 = 'application/json; charset=utf-8';

/** RFC 9457. */
export const PROBLEM_JSON = 'application/problem+json';

/** No browser takes a body for another type than the named one, whatever it looks like. Every response has it. */
export const NO_SNIFFING = { 'x-content-type-options': 'nosniff' } as const;
/** The same for lists of headers. */
export const NO_SNIFFING_PAIR = ['x-content-type-options', 'nosniff'] as const;
