import type { TrialResult } from './trial.ts';

const MIB = 1_048_576;
/** Inputs and problems are cut to this length. The seed reproduces them in full. */
const TEXT_MAX = 4_000;
const KINDS_MAX = 8;

/** The result of a target, as one line. */
export function lineOf({ name, runs, seconds, figures, heap_bytes, finding }: TrialResult): string {
  const { statuses, info_lines, warn_lines } = figures;
  const counts = Object.entries(statuses).sort(([a], [b]) => a.localeCompare(b));
  const parts = [
    name.padEnd(24),
    `${runs} inputs in ${seconds.toFixed(1)} s (${Math.round(runs / seconds)}/s)`,
    counts.map(([kind, count]) => `${kind} ${count}`).join(', '),
    counts.length === 0 ? '' : `log lines: info ${info_lines}, warn and error ${warn_lines}`,
    heap_bytes ? `heap ${mib(heap_bytes[0])} to ${mib(heap_bytes[1])} MiB` : '',
    finding ? 'FINDING' : 'no finding',
  ];
  return parts.filter(Boolean).join('; ');
}

/** The seed, the input and the problem of a finding, and the most frequent log lines. */
export function detailsOf({ name, figures, finding }: TrialResult, runs_asked: number): string {
  const kinds = figures.log_kinds.slice(0, KINDS_MAX).map(([kind, lines]) => `  ${lines} × ${kind}`);
  if (!finding) return kinds.join('\n');
  const { seed, runs, input, problem } = finding;
  const again = `npm run fuzz -- --only '${name}' --seed ${seed} --runs ${runs_asked}`;
  return [`  input ${runs} of ${again}`, `  ${cut(input)}`, `  ${cut(problem)}`, ...kinds].join('\n');
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}… (${text.length} characters)`;
}
