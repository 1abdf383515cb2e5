import type { OperatorContext } from '../context.ts';
import { writeJson } from '../output/output.ts';
import { type Column, tableOf } from '../output/table.ts';
import type { Examination, Finding, Unchecked } from './examination.ts';
import { FINDING_KINDS } from './finding-kinds.ts';
import { SEVERITIES, type Severity } from './kinds/finding-kind.ts';

interface Line {
  readonly finding: Finding | null;
  readonly text: string;
}

const COLOURS: Readonly<Record<Severity, 'red' | 'yellow' | null>> = { error: 'red', warning: 'yellow', note: null };

const FINDINGS: readonly Column<Line>[] = [
  {
    head: 'SEVERITY',
    cell: ({ finding }) => finding?.severity ?? '',
    colour: ({ finding }) => (finding ? COLOURS[finding.severity] : null),
  },
  { head: 'CODE', cell: ({ finding }) => finding?.code ?? '' },
  { head: 'FINDING, AND WHAT TO DO', cell: ({ text }) => text },
];

const UNCHECKED: readonly Column<Unchecked>[] = [
  { head: 'NOT CHECKED', cell: ({ check }) => check },
  { head: 'REASON', cell: ({ reason }) => reason },
];

/** Writes what an examination has found: a table, or one line of JSON. */
export async function writeReport(
  context: OperatorContext,
  { findings, unchecked, made }: Pick<Examination, 'findings' | 'unchecked' | 'made'>,
  json: boolean | undefined,
): Promise<void> {
  const sorted = SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  if (json) {
    const isHealthy = sorted.every(({ severity }) => severity === 'note');
    const detailed = sorted.map((finding) => ({ ...finding, advice: plain(FINDING_KINDS[finding.code].advice) }));
    return writeJson(context, { healthy: isHealthy, checks: made, findings: detailed, unchecked });
  }
  const view = { ...context.terminal, columns: null };
  const lines = sorted.flatMap((finding): Line[] => [
    { finding, text: finding.message },
    { finding: null, text: plain(FINDING_KINDS[finding.code].advice) },
  ]);
  if (lines.length > 0) await context.write(tableOf(FINDINGS, lines, view));
  if (unchecked.length > 0) {
    await context.write(`${lines.length > 0 ? '\n' : ''}${tableOf(UNCHECKED, unchecked, view)}`);
  }
}

/** Returns `2 errors, 1 warning and 0 notes` for findings. */
export function summaryOf(findings: readonly Finding[]): string {
  const [errors, warnings, notes] = SEVERITIES.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return `${count} ${severity}${count === 1 ? '' : 's'}`;
  });
  return `${errors}, ${warnings} and ${notes}`;
}

/** The advice has the marks of Markdown for docs/doctor.md. */
function plain(text: string): string {
  return text.replaceAll('`', '"');
}
