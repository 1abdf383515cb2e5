import type { AuditLine } from '../../api/types.ts';
import { AUDIT } from '../../texts/audit.ts';

/** Properties with a column of their own, and those of the chain. */
const SHOWN: ReadonlySet<string> = new Set([
  ...['time', 'event', 'caller', 'os_user', 'address', 'session', 'user_id_hash', 'chain', 'n', 'prev'],
]);
const PROCESS_EVENTS: ReadonlySet<string> = new Set(['started', 'stopped']);

/** The caller. */
export function callerText({ event, caller, key, os_user }: AuditLine): string {
  if (typeof caller === 'string') return caller;
  if (typeof os_user === 'string') return AUDIT.commandLine(os_user);
  if (PROCESS_EVENTS.has(event)) return AUDIT.service;
  // An expired key is named, although its request was rejected.
  if (typeof key === 'string') return key;
  return caller === null ? AUDIT.noKey : AUDIT.unknownCaller;
}

/** The other properties of the line, as `name value` pairs. */
export function detailsText(line: AuditLine): string {
  return Object.entries(line)
    .filter(([name, value]) => !SHOWN.has(name) && value !== null)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}

/** A line has no id of its own: its place in the chain of its process is one. */
export function lineId({ chain, n }: AuditLine, index: number): string {
  return chain === undefined ? `line-${index}` : `${chain}-${n}`;
}

/** Whether lines of one process follow each other without a gap. The newest comes first. */
export function isWhole(lines: readonly AuditLine[]): boolean {
  const numbers = new Map<string, number>();
  return lines.every(({ chain, n }) => {
    if (chain === undefined || n === undefined) return false;
    const next = numbers.get(chain);
    numbers.set(chain, n);
    return next === undefined || next === n + 1;
  });
}
