import { styleText } from 'node:util';
import type { Terminal } from '../../../process/standard-streams.ts';
import { printable } from '../../../transfer/output.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** The column may be cut to fit the terminal, down to this width. Without it, the column is never cut. */
  readonly width_min?: number;
  /** The colour of a cell, on a terminal with colours. */
  readonly colour?: (row: Row) => 'green' | 'red' | 'yellow' | null;
}

type View = Pick<Terminal, 'columns' | 'hasColors'>;

const GAP = '  ';

/**
 * Returns the rows as lines of aligned cells, after a line of heads. On a terminal the lines fit its width as far as
 * columns may be cut; elsewhere nothing is cut. Control characters are escaped.
 */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  view: View,
  hasHead = true,
): string {
  const cells = rows.map((row) => columns.map(({ cell }) => printable(cell(row))));
  const heads = columns.map(({ head }) => head);
  const widths = fitted(columns, [heads, ...cells], view.columns);
  const line = (texts: readonly string[], paint: (text: string, at: number) => string) =>
    texts
      .map((text, at) => {
        const width = widths[at] ?? 0;
        const isLast = at === texts.length - 1;
        return paint(isLast ? cut(text, width) : cut(text, width).padEnd(width), at);
      })
      .join(GAP)
      .trimEnd();
  const colour = (row: Row) => (text: string, at: number) => {
    const name = view.hasColors ? (columns[at]?.colour?.(row) ?? null) : null;
    return name === null ? text : styled(name, text);
  };
  const lines = rows.map((row, at) => line(cells[at] ?? [], colour(row)));
  const bold = (text: string) => (view.hasColors ? styled('bold', text) : text);
  return [...(hasHead ? [line(heads, bold)] : []), ...lines].map((text) => `${text}\n`).join('');
}

/** Returns names and values in two columns. A value that is null or empty is shown as `-`. */
export function recordOf(entries: readonly (readonly [name: string, value: string | null])[], view: View): string {
  const columns: Column<(typeof entries)[number]>[] = [
    { head: '', cell: ([name]) => name },
    { head: '', cell: ([, value]) => value || '-' },
  ];
  return tableOf(columns, entries, { ...view, columns: null }, false);
}

function fitted<Row>(
  columns: readonly Column<Row>[],
  lines: readonly (readonly string[])[],
  available: number | null,
): number[] {
  const widths = columns.map((_, at) => lines.reduce((most, line) => Math.max(most, line[at]?.length ?? 0), 0));
  if (available === null) return widths;
  const total = widths.reduce((sum, width) => sum + width, GAP.length * (columns.length - 1));
  for (let excess = total - available; excess > 0; excess -= 1) {
    const widest = columns.reduce((found, { width_min }, at) => {
      const room = width_min === undefined ? 0 : (widths[at] ?? 0) - Math.max(width_min, columns[at]?.head.length ?? 0);
      return room > 0 && (found === -1 || (widths[at] ?? 0) > (widths[found] ?? 0)) ? at : found;
    }, -1);
    if (widest === -1) return widths;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function styled(name: 'bold' | 'green' | 'red' | 'yellow', text: string): string {
  return styleText(name, text, { validateStream: false });
}
