import { type AuditLink, lineHash, NO_LINE } from './audit-line.ts';

/** A line that does not fit those before. */
export interface AuditFault {
  /** The number of the line in all files together; the first is 1. */
  readonly line: number;
  readonly problem: string;
}

/** The result of a check. */
export interface AuditReport {
  readonly lines: number;
  readonly chains: number;
  /** The first `FAULTS_MAX` of them. */
  readonly faults: readonly AuditFault[];
  readonly faults_total: number;
}

const FAULTS_MAX = 20;
/** How many lines may be between the last line before the start of a process and its first line. */
const RECENT_MAX = 10_000;

/**
 * Checks the links of the lines of an audit log. The lines of rotated files are given one file after the other, the
 * oldest first. It finds every line that was changed, added, moved or removed. Lines removed from the end are found only
 * after another start. If the lines are a part of a log (`is_part`), only lines of one process are compared with each
 * other.
 */
export async function verifyAudit(lines: AsyncIterable<string>, is_part = false): Promise<AuditReport> {
  const chains = new Map<string, { n: number; hash: string }>();
  const recent = new Set<string>([NO_LINE]);
  const faults: AuditFault[] = [];
  let number = 0;
  let faults_total = 0;
  for await (const text of lines) {
    number += 1;
    const link = linkOf(text);
    const last = link ? chains.get(link.chain) : undefined;
    const problem = link === null ? 'it is not an audit line' : problemOf(link, last, recent, is_part || number === 1);
    if (problem !== null) {
      faults_total += 1;
      if (faults.length < FAULTS_MAX) faults.push({ line: number, problem });
    }
    const hash = lineHash(text);
    if (link) chains.set(link.chain, { n: link.n, hash });
    recent.add(hash);
    if (recent.size > RECENT_MAX) for (const oldest of recent) if (recent.delete(oldest)) break;
  }
  return { lines: number, chains: chains.size, faults, faults_total };
}

function problemOf(
  { n, prev }: AuditLink,
  last: { readonly n: number; readonly hash: string } | undefined,
  recent: ReadonlySet<string>,
  mayBeContinued: boolean,
): string | null {
  if (last) {
    if (n !== last.n + 1) return `it is line ${n} of its process, after line ${last.n}: lines are missing or moved`;
    return prev === last.hash ? null : 'the line before it was changed';
  }
  // The files before were not given.
  if (mayBeContinued) return null;
  if (n > 0) return `it is line ${n} of its process, but those before are missing`;
  return recent.has(prev) ? null : 'the last line before the start of its process is missing or was changed';
}

function linkOf(text: string): AuditLink | null {
  try {
    const { chain, n, prev } = JSON.parse(text);
    return typeof chain === 'string' && Number.isSafeInteger(n) && typeof prev === 'string' ? { chain, n, prev } : null;
  } catch {
    return null;
  }
}
