/**
 * Arrays in PostgreSQL's input syntax (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO). The driver could
 * format them too, but would quote every number.
 */
export function numberArray(values: readonly (number | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : quoted(value))).join(',')}}`;
}

function quoted(text: string): string {
  return SPECIAL.test(text) ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${text}"`;
}

const SPECIAL = /["\\]/;
