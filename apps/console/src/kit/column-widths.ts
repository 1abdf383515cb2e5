/** The widths between which a column of a table may be, in pixels. */
export interface ColumnSize {
  readonly size: number;
  /** The least width that its texts need; `size` if it is absent. */
  readonly sizeMin?: number;
}

/**
 * The widths of columns within a table: their sizes, all of them wider in a wider table. In a narrower one, columns with
 * a `sizeMin` shrink. If that is not enough, the table is wider than its place, and scrolls.
 */
export function columnWidths(columns: readonly ColumnSize[], available: number): readonly number[] {
  const total = columns.reduce((sum, { size }) => sum + size, 0);
  if (available >= total) return columns.map(({ size }) => (size * available) / total);
  const spare = columns.reduce((sum, { size, sizeMin = size }) => sum + size - sizeMin, 0);
  const part = spare === 0 ? 0 : Math.min(1, (total - available) / spare);
  return columns.map(({ size, sizeMin = size }) => size - (size - sizeMin) * part);
}

/** The first columns, as many as fit without scrolling at their least widths; at least one. */
export function fittingColumns<C extends ColumnSize>(columns: readonly C[], available: number): readonly C[] {
  let used = 0;
  const first = columns.findIndex(({ size, sizeMin = size }) => {
    used += sizeMin;
    return used > available;
  });
  return first === -1 ? columns : columns.slice(0, Math.max(1, first));
}
