/** Dart clients decode an answer as latin1 unless the charset is named (WIRE_V1.md, HTTP). */
export const JSON_UTF8 = 'application/json; charset=utf-8';

/** RFC 9457. */
export const PROBLEM_JSON = 'application/problem+json';
