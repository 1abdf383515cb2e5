import {
  type ColumnDef,
  columnSizingFeature,
  columnVisibilityFeature,
  type RowData,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { NARROW, useMedia } from './media.ts';
import { useShortcuts } from './shortcuts.ts';

const FEATURES = tableFeatures({ columnSizingFeature, columnVisibilityFeature, rowSelectionFeature });

/** A column. `size` is its width in pixels. */
export interface Column<T extends RowData> {
  readonly id: string;
  readonly header: string;
  readonly size: number;
  readonly cell: (row: T) => ReactNode;
}

/** The ids of rows that are selected. */
export type Selection = Readonly<Record<string, true>>;

interface DataTableProps<T extends RowData> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  /** Ids of columns that are not shown. */
  readonly hidden?: readonly string[];
  readonly rows: readonly T[];
  readonly rowId: (row: T) => string;
  /** What a row shows in a window that is too narrow for columns. */
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
  /** Whether the rows may be out of date. */
  readonly isStale?: boolean;
}

const ROW_PX = 36;
const NARROW_ROW_PX = 60;
/** The next page is requested when so many rows are left below the window. */
const AHEAD = 30;

/** A table of which only the rows in view are in the document. Keys: j, k, Enter, x, e. */
export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { rows: data, rowId, hidden = [], selection, onSelect, onOpen, onEnd, openId } = props;
  const isNarrow = useMedia(NARROW);
  const scroll = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<string | null>(null);

  const columnDefs = useMemo(() => props.columns.map((column) => columnDef(column)), [props.columns]);
  const table = useTable({
    features: FEATURES,
    columns: columnDefs,
    data,
    getRowId: rowId,
    state: {
      columnVisibility: Object.fromEntries(hidden.map((id) => [id, false])),
      rowSelection: { ...selection },
    },
    onRowSelectionChange: (update) => onSelect?.(typeof update === 'function' ? update({ ...selection }) : update),
  });
  const rows = table.getRowModel().rows;
  const cursorIndex = cursor === null ? -1 : rows.findIndex(({ id }) => id === cursor);

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
    const row = rows[Math.min(Math.max(next, 0), rows.length - 1)];
    if (!row) return;
    setCursor(row.id);
    virtualizer.scrollToIndex(row.index, { align: 'auto' });
    requestAnimationFrame(() =>
      scroll.current?.querySelector<HTMLElement>(`tr[data-index="${row.index}"]`)?.focus({ preventScroll: true }),
    );
    if (openId != null) onOpen?.(row.original);
  };
  const current = rows[cursorIndex];
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => current && onOpen?.(current.original),
    ...(onSelect && { x: () => current?.toggleSelected() }),
    ...(onEnd && { e: () => onEnd(current?.original ?? null) }),
  });

  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  const columns = isNarrow ? 1 : headers.length;
  const width = headers.reduce((sum, { column }) => sum + column.getSize(), onSelect ? 40 : 0);
  return (
    <section
      ref={scroll}
      className={props.isStale ? 'table-scroll is-stale' : 'table-scroll'}
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
      tabIndex={0}
    >
      <table
        className="table"
        aria-rowcount={rows.length + 1}
        style={isNarrow ? undefined : { minWidth: width }}
      >
        <colgroup>
          {onSelect && <col style={{ width: 40 }} />}
          {!isNarrow && headers.map(({ id, column }) => <col key={id} style={{ width: column.getSize() }} />)}
        </colgroup>
        <thead className={isNarrow && !onSelect ? 'visually-hidden' : undefined}>
          <tr aria-rowindex={1}>
            {onSelect && (
              <th scope="col" className="cell-select">
                <input
                  type="checkbox"
                  aria-label={props.selectAllLabel}
                  disabled={rows.length === 0}
                  checked={rows.length > 0 && table.getIsAllRowsSelected()}
                  ref={(box) => {
                    if (box) box.indeterminate = !table.getIsAllRowsSelected() && table.getIsSomeRowsSelected();
                  }}
                  onChange={table.getToggleAllRowsSelectedHandler()}
                />
              </th>
            )}
            {isNarrow ? (
              <th scope="col">{props.label}</th>
            ) : (
              headers.map((header) => (
                <th key={header.id} scope="col" data-column={header.column.id}>
                  {header.column.columnDef.header as string}
                </th>
              ))
            )}
          </tr>
        </thead>
        <tbody>
          <Spacer height={items[0]?.start ?? 0} columns={columns + (onSelect ? 1 : 0)} />
          {items.map((item, position) => {
            const row = rows[item.index];
            if (!row) return null;
            const before = items[position - 1];
            const gap = before && item.index !== before.index + 1 ? item.start - before.end : 0;
            return [
              gap > 0 && <Spacer key={`gap-${row.id}`} height={gap} columns={columns + (onSelect ? 1 : 0)} />,
              <tr
                key={row.id}
                data-index={item.index}
                aria-rowindex={item.index + 2}
                data-selected={row.getIsSelected() ? '' : undefined}
                data-open={row.id === openId ? '' : undefined}
                tabIndex={row.id === cursor || (cursorIndex === -1 && item.index === 0) ? 0 : -1}
                style={{ height: rowPx }}
                onFocus={() => setCursor(row.id)}
                onClick={(event) => {
                  const isOwn = event.target instanceof Element && event.target.closest('a, button, input, label');
                  if (isOwn || getSelection()?.isCollapsed === false) return;
                  setCursor(row.id);
                  onOpen?.(row.original);
                }}
              >
                {onSelect && (
                  <td className="cell-select">
                    <label>
                      <input
                        type="checkbox"
                        tabIndex={row.id === cursor ? 0 : -1}
                        aria-label={props.selectLabel?.(row.original)}
                        checked={row.getIsSelected()}
                        onChange={row.getToggleSelectedHandler()}
                      />
                    </label>
                  </td>
                )}
                {isNarrow ? (
                  <td>{props.narrow(row.original)}</td>
                ) : (
                  row.getVisibleCells().map((cell) => (
                    <td key={cell.id} data-column={cell.column.id}>
                      <table.FlexRender cell={cell} />
                    </td>
                  ))
                )}
              </tr>,
            ];
          })}
          <Spacer
            height={Math.max(0, virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0))}
            columns={columns + (onSelect ? 1 : 0)}
          />
        </tbody>
      </table>
      {props.footer}
    </section>
  );
}

function columnDef<T extends RowData>({ id, header, size, cell }: Column<T>): ColumnDef<typeof FEATURES, T> {
  return { id, header, size, cell: ({ row }) => cell(row.original) };
}

/** Takes the place of rows that are not in the document. */
function Spacer({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height === 0) return null;
  return (
    <tr aria-hidden="true" className="spacer" style={{ height }}>
      <td colSpan={columns} />
    </tr>
  );
}
