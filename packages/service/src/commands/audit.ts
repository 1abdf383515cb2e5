import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { verifyAudit } from '../observability/audit/verify.ts';

const USAGE = `Usage: pip-sessions audit verify <file> [<file> ...]

Checks the links between the lines of an audit log. Give rotated files the oldest first. Exits with 1 if a line was
changed, added, moved or removed, and prints which.
`;

/** Runs `pip-sessions audit`. Returns the text to print and the exit code. */
export async function auditCommand(args: readonly string[]): Promise<{ readonly text: string; readonly code: number }> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  const [action, ...files] = positionals;
  if (values.help) return { text: USAGE, code: 0 };
  if (action !== 'verify' || files.length === 0) return { text: USAGE, code: 2 };
  const { lines, chains, faults, faults_total } = await verifyAudit(linesOf(files));
  const found = faults.map(({ line, problem }) => `line ${line}: ${problem}\n`).join('');
  const more = faults_total > faults.length ? `${faults_total - faults.length} more\n` : '';
  const sum = `${lines} lines of ${chains} processes: ${faults_total === 0 ? 'complete' : `${faults_total} faults`}\n`;
  return { text: found + more + sum, code: faults_total === 0 ? 0 : 1 };
}

/** The lines of files, one after the other, so that a file of any size can be read. */
async function* linesOf(files: readonly string[]): AsyncGenerator<string> {
  for (const file of files)
    yield* createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}
