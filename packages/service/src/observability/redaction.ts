import { SESSION_ID_LENGTH } from '@pip-sessions/contract/session-id';
import { TOKEN_IN_TEXT } from '@pip-sessions/contract/token';

/** Properties that belong to the application, or that give access to a session. They have these names everywhere. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set(['user', 'data', 'token', 'session_id']);

/** Matches tokens, API keys and ids of sessions. */
const SECRETS = new RegExp(
  `${TOKEN_IN_TEXT.source}|psk_[\\w-]{8,}|(?<![0-9a-f])[0-9a-f]{${SESSION_ID_LENGTH}}(?![0-9a-f])`,
  'gi',
);
/** The length of the shortest secret. */
const SECRET_LENGTH_MIN = 12;
const MASK = '…';
/** Maximum depth of values that are redacted; deeper values are left out. */
const DEPTH_MAX = 6;
/** Maximum number of times that a string may be percent-encoded. */
const ENCODINGS_MAX = 3;

/** Returns a log line without secrets. A line that has none is returned as it is. */
export function redactedLine(line: Record<string, unknown>): Record<string, unknown> {
  let safe = line;
  for (const name in line) {
    const value = line[name];
    // Errors are serialized first and then passed to `redacted`.
    const kept = SECRET_MEMBERS.has(name) ? undefined : value instanceof Error ? value : redacted(value);
    if (kept !== value) safe = { ...safe, [name]: kept };
  }
  return safe;
}

/** Returns a value without secrets. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return MASK;
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
  const members = Object.entries(value).filter(([name]) => !SECRET_MEMBERS.has(name));
  return Object.fromEntries(members.map(([name, member]) => [redactedText(name), redacted(member, depth + 1)]));
}

function redactedText(text: string): string {
  if (text.length < SECRET_LENGTH_MIN) return text;
  let safe = text.replaceAll(SECRETS, MASK);
  let plain = safe;
  for (let encodings = 0; encodings < ENCODINGS_MAX && plain.includes('%'); encodings += 1) {
    const before = decoded(plain);
    plain = before.replaceAll(SECRETS, MASK);
    // A string without secrets keeps its encoding.
    if (plain !== before) safe = plain;
  }
  return safe;
}

function decoded(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
