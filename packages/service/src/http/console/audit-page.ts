import { type FileHandle, open } from 'node:fs/promises';
import { invalidMember } from '../../domain/errors.ts';
import { verifyAudit } from '../../observability/audit/verify.ts';

export interface AuditPage {
  /** The lines as they were written, newest first. */
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
  /** Whether the lines of this page fit each other, and how many they are. */
  readonly chain: { readonly status: 'whole' | 'broken'; readonly lines: number };
}

/** More than a page of long lines needs. */
const PIECE_BYTES = 262_144;

/** Reads a page of an audit file from its end, or from the cursor of the page before. Rejects with `INVALID_DATA`. */
export async function readAuditPage(path: string, cursor: string | null, limit: number): Promise<AuditPage> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const end = cursor === null ? size : offsetOf(cursor, size);
    const { lines, start } = await linesBefore(file, end, limit);
    const { faults_total } = await verifyAudit(inOrder(lines), true);
    return {
      items: lines.map(parsed).reverse(),
      next_cursor: start > 0 ? String(start) : null,
      chain: { status: faults_total === 0 ? 'whole' : 'broken', lines: lines.length },
    };
  } finally {
    await file.close();
  }
}

function offsetOf(cursor: string, size: number): number {
  const offset = /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (offset > 0 && offset <= size) return offset;
  throw invalidMember('before', 'must be the next_cursor of a previous page');
}

/** Returns the last whole lines before a position, oldest first, and where the first of them begins. */
async function linesBefore(
  file: FileHandle,
  end: number,
  limit: number,
): Promise<{ readonly lines: readonly string[]; readonly start: number }> {
  const from = Math.max(0, end - PIECE_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - from), 0, end - from, from);
  let start = bytesRead;
  const lines: string[] = [];
  while (start > 0 && lines.length < limit) {
    const before = buffer.lastIndexOf('\n', start - 2);
    // The beginning of this line is in an earlier piece.
    if (before === -1 && from > 0) break;
    lines.unshift(buffer.toString('utf8', before + 1, start).trimEnd());
    start = before + 1;
  }
  return { lines: lines.filter(Boolean), start: from + start };
}

async function* inOrder(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return { event: 'unreadable' };
  }
}
