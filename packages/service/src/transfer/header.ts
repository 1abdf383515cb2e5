const FORMAT = 'pip-sessions';
/** Increase it if older versions cannot read what this version writes. */
const VERSION = 1;

/** The first line of an export. Each other line is a session (`session-json.ts`). */
export const HEADER = JSON.stringify({ format: FORMAT, version: VERSION });

export function isHeader(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { format, version } = value as Readonly<Record<string, unknown>>;
  return format === FORMAT && version === VERSION;
}
