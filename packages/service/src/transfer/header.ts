const FORMAT = 'pip-sessions';
/** Grows when what this version writes could not be read by the one before. */
const VERSION = 1;

/** The first line of an export; the others hold a session each (`session-json.ts`). */
export const HEADER = JSON.stringify({ format: FORMAT, version: VERSION });

export function isHeader(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { format, version } = value as Readonly<Record<string, unknown>>;
  return format === FORMAT && version === VERSION;
}
