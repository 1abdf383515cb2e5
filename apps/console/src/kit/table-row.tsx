import { memo, type ReactNode, type RefObject } from 'react';
import type { ColumnSize } from './column-widths.ts';

/** A column of a table. */
export interface Column<T> extends ColumnSize {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
}

/** What a row tells its table. A reference, so that rows need not be drawn again when a function changes. */
export interface RowActions<T> {
  readonly onFocus: (id: string) => void;
  readonly onOpen: (row: T) => void;
  readonly onSelect: (id: string, isRange: boolean) => void;
}

interface TableRowProps<T> {
  readonly row: T;
  readonly id: string;
  readonly index: number;
  readonly height: number;
  readonly columns: readonly Column<T>[];
  /** In place of the columns, where there is too little place for them. */
  readonly narrow: ((row: T) => ReactNode) | null;
  readonly canSelect: boolean;
  readonly selectLabel: ((row: T) => string) | undefined;
  readonly isSelected: boolean;
  readonly isOpen: boolean;
  readonly isFocusable: boolean;
  readonly actions: RefObject<RowActions<T> | null>;
}

/** A row of a table. It is drawn again only when something that it shows changes, and not when the table scrolls. */
export const TableRow = memo(Row) as typeof Row;

function Row<T>(props: TableRowProps<T>) {
  const { row, id, index, narrow, isSelected, isFocusable, actions } = props;
  return (
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      data-selected={isSelected ? '' : undefined}
      data-open={props.isOpen ? '' : undefined}
      tabIndex={isFocusable ? 0 : -1}
      style={{ height: props.height }}
      onFocus={() => actions.current?.onFocus(id)}
      onClick={(event) => {
        const isOwn = event.target instanceof Element && event.target.closest('a, button, input, label');
        // Somebody who marks a text to copy it does not want to open the row.
        if (isOwn || getSelection()?.isCollapsed === false) return;
        actions.current?.onOpen(row);
      }}
    >
      {props.canSelect && (
        <td className="cell-select">
          <label>
            <input
              type="checkbox"
              tabIndex={isFocusable ? 0 : -1}
              aria-label={props.selectLabel?.(row)}
              checked={isSelected}
              onChange={(event) => actions.current?.onSelect(id, (event.nativeEvent as MouseEvent).shiftKey)}
            />
          </label>
        </td>
      )}
      {narrow ? (
        <td>{narrow(row)}</td>
      ) : (
        props.columns.map((column) => (
          <td key={column.id} data-column={column.id}>
            {column.cell(row)}
          </td>
        ))
      )}
    </tr>
  );
}

/** Takes the place of rows that are not in the document. */
export function Spacer({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height === 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: the row has no content and cannot be focused
    <tr aria-hidden="true" className="spacer" style={{ height }}>
      <td colSpan={columns} />
    </tr>
  );
}
