import type { Result } from '../rounds.ts';
import { type Spread, spread } from './spread.ts';
import { cpuTimes, type Figure, throughputs, verdict } from './targets.ts';

/** A row for each result: medians over the rounds, and throughput with its spread. */
export function resultsTable(results: readonly Result[]): string {
  const head = ['Scenario', 'Sessions', 'Contender', 'Requests/s', 'min … max', 'p50 ms', 'p99 ms', 'CPU µs/request'];
  const rows = results.map((result) => {
    const throughput = spread(throughputs(result));
    const cpu = spread(cpuTimes(result));
    return [
      result.scenario,
      result.preloaded.toLocaleString('en'),
      result.contender,
      throughput ? whole(throughput.median) : '',
      throughput ? `${whole(throughput.min)} … ${whole(throughput.max)}` : '',
      milliseconds(result, 'latency_p50_us'),
      milliseconds(result, 'latency_p99_us'),
      cpu ? cpu.median.toFixed(1) : 'not measured',
    ];
  });
  return table(head, rows, [1, 3, 4, 5, 6, 7]);
}

/** A row for each figure: its target, the median of the ratios of all rounds, and their spread. */
export function figuresTable(figures: readonly Figure[]): string {
  const head = ['Figure', 'Target', 'By requests/s', 'min … max', '', 'By CPU/request', 'min … max', ''];
  const rows = figures.map((figure) => [
    figure.name,
    `≥ ${figure.at_least.toFixed(2)}`,
    ...measured(figure, figure.by_throughput),
    ...measured(figure, figure.by_cpu),
  ]);
  return table(head, rows, [1, 2, 3, 5, 6]);
}

/** A line for each contender that could not open all sessions in time, with the number that it had. */
export function shortfalls(results: readonly Result[]): string[] {
  return results
    .filter(({ size, preloaded }) => preloaded < size)
    .map(({ scenario, contender, size, preloaded }) => {
      const [held, asked] = [preloaded, size].map((count) => count.toLocaleString('en'));
      return `- ${scenario}: ${contender} opened ${held} of ${asked} sessions in a minute, and is measured with these`;
    });
}

function measured(figure: Figure, values: Spread | null): string[] {
  const cells = values ? [values.median.toFixed(2), `${values.min.toFixed(2)} … ${values.max.toFixed(2)}`] : ['', ''];
  return [...cells, verdict(figure, values)];
}

function milliseconds({ measurements }: Result, member: 'latency_p50_us' | 'latency_p99_us'): string {
  const values = spread(measurements.map((measurement) => measurement[member]));
  return values ? (values.median / 1000).toFixed(2) : '';
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en');
}

/** A Markdown table whose columns are also aligned as plain text. `right` are the columns of numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(' | ')} |`;
  const rule = widths.map((width, column) =>
    right.includes(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
