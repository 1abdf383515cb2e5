import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { columnWidths, fittingColumns } from './column-widths.ts';
import { useElementWidth } from './element-width.ts';
import { idsBetween, type Selection, selectionOf, without } from './selection.ts';
import { useShortcuts } from './shortcuts.ts';
import { type Column, type RowActions, Spacer, TableRow } from './table-row.tsx';

export type { Column } from './table-row.tsx';

interface DataTableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  /** Ids of columns that are not shown. */
  readonly hidden?: readonly string[];
  readonly rows: readonly T[];
  readonly rowId: (row: T) => string;
  /** What a row shows where there is too little place for columns. A function that stays the same, as `selectLabel`. */
  readonly narrow: (row: T) => ReactNode;
  /** The id of the row whose details are open. */
  readonly openId?: string | null;
  readonly onOpen?: (row: T) => void;
  /** Without it, rows cannot be selected. */
  readonly selection?: Selection;
  readonly onSelect?: (selection: Selection) => void;
  readonly selectLabel?: (row: T) => string;
  readonly selectAllLabel?: string;
  /** Called for the key `e` with the row that has the cursor. */
  readonly onEnd?: (row: T | null) => void;
  /** Called when the last rows come into view. */
  readonly onReachEnd?: () => void;
  /** What follows the last row. */
  readonly footer?: ReactNode;
}

const SELECT_PX = 40;
const ROW_PX = 36;
const NARROW_ROW_PX = 60;
/** Below this width a table shows one column with two lines a row. */
const NARROW_PX = 560;
/** The next page is requested when so many rows are left below the window. */
const AHEAD = 30;

/** A table of which only the rows in view are in the document. Keys: j, k, Enter, x, e. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { rows, rowId, hidden = [], selection = {}, onSelect, onOpen, onEnd, openId } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const placePx = useElementWidth(scroll);
  const isNarrow = placePx < NARROW_PX;
  const [cursor, setCursor] = useState<string | null>(null);

  const hiddenIds = hidden.join();
  const columnsPx = placePx - (onSelect ? SELECT_PX : 0);
  // The panel beside the table shows what the last columns would.
  const fitPx = openId == null ? Number.POSITIVE_INFINITY : columnsPx;
  const columns = useMemo(() => {
    const chosen = props.columns.filter(({ id }) => !hiddenIds.split(',').includes(id));
    return fittingColumns(chosen, fitPx);
  }, [props.columns, hiddenIds, fitPx]);
  const cursorIndex = cursor === null ? -1 : rows.findIndex((row) => rowId(row) === cursor);

  const rowPx = isNarrow ? NARROW_ROW_PX : ROW_PX;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx,
    overscan: 10,
    // The row with the focus stays in the document.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return cursorIndex === -1 || shown.includes(cursorIndex)
        ? shown
        : [...shown, cursorIndex].toSorted((one, other) => one - other);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the heights change with the form of the rows
  useEffect(() => virtualizer.measure(), [rowPx]);

  const items = virtualizer.getVirtualItems();
  const last = virtualizer.range?.endIndex ?? 0;
  const isNearEnd = last >= rows.length - AHEAD;
  const { onReachEnd } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows may not fill the window, and then the end is reached again
  useEffect(() => {
    if (isNearEnd) onReachEnd?.();
  }, [isNearEnd, rows.length, onReachEnd]);

  const move = (step: number) => {
    const next = cursorIndex === -1 ? (step > 0 ? 0 : rows.length - 1) : cursorIndex + step;
    const index = Math.min(Math.max(next, 0), rows.length - 1);
    const row = rows[index];
    if (!row) return;
    setCursor(rowId(row));
    virtualizer.scrollToIndex(index, { align: 'auto' });
    requestAnimationFrame(() =>
      scroll.current?.querySelector<HTMLElement>(`tr[data-index="${index}"]`)?.focus({ preventScroll: true }),
    );
    if (openId != null) onOpen?.(row);
  };
  const current = rows[cursorIndex];
  const anchor = useRef<string | null>(null);
  const select = (id: string, isRange: boolean) => {
    const ids = isRange ? idsBetween(rows.map(rowId), anchor.current, id) : [id];
    anchor.current = id;
    onSelect?.(selection[id] ? without(selection, ids) : { ...selection, ...selectionOf(ids) });
  };
  const actions = useRef<RowActions<T>>(null);
  useLayoutEffect(() => {
    actions.current = {
      onFocus: setCursor,
      onSelect: select,
      onOpen: (row) => {
        setCursor(rowId(row));
        onOpen?.(row);
      },
    };
  });
  useShortcuts([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    ['Enter', () => current && onOpen?.(current)],
    ['x', () => current && onSelect && select(rowId(current), false)],
    ['e', () => onEnd?.(current ?? null)],
  ]);

  const selectedCount = onSelect ? rows.filter((row) => selection[rowId(row)]).length : 0;
  const isAllSelected = rows.length > 0 && selectedCount === rows.length;
  const cells = (isNarrow ? 1 : columns.length) + (onSelect ? 1 : 0);
  const widths = columnWidths(columns, columnsPx);
  return (
    <section
      ref={scroll}
      className="table-scroll"
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
      tabIndex={0}
    >
      <table className="table" aria-rowcount={rows.length + 1}>
        <colgroup>
          {onSelect && <col style={{ width: SELECT_PX }} />}
          {!isNarrow && columns.map(({ id }, index) => <col key={id} style={{ width: widths[index] }} />)}
        </colgroup>
        <thead className={isNarrow && !onSelect ? 'visually-hidden' : undefined}>
          <tr aria-rowindex={1}>
            {onSelect && (
              <th scope="col" className="cell-select">
                <input
                  type="checkbox"
                  aria-label={props.selectAllLabel}
                  disabled={rows.length === 0}
                  checked={isAllSelected}
                  ref={(box) => {
                    if (box) box.indeterminate = !isAllSelected && selectedCount > 0;
                  }}
                  onChange={() => onSelect(isAllSelected ? {} : selectionOf(rows.map(rowId)))}
                />
              </th>
            )}
            {isNarrow ? (
              <th scope="col">{props.label}</th>
            ) : (
              columns.map(({ id, header }) => (
                <th key={id} scope="col" data-column={id}>
                  {header}
                </th>
              ))
            )}
          </tr>
        </thead>
        <tbody>
          <Spacer height={items[0]?.start ?? 0} columns={cells} />
          {items.map((item, position) => {
            const row = rows[item.index];
            if (!row) return null;
            const id = rowId(row);
            const before = items[position - 1];
            const gap = before && item.index !== before.index + 1 ? item.start - before.end : 0;
            return [
              gap > 0 && <Spacer key={`gap-${id}`} height={gap} columns={cells} />,
              <TableRow
                key={id}
                row={row}
                id={id}
                index={item.index}
                height={rowPx}
                columns={columns}
                narrow={isNarrow ? props.narrow : null}
                canSelect={onSelect !== undefined}
                selectLabel={props.selectLabel}
                isSelected={selection[id] === true}
                isOpen={id === openId}
                isFocusable={id === cursor || (cursorIndex === -1 && item.index === 0)}
                actions={actions}
              />,
            ];
          })}
          <Spacer height={Math.max(0, virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0))} columns={cells} />
        </tbody>
      </table>
      {props.footer}
    </section>
  );
}
