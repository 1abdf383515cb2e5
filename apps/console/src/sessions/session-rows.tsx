import type { ViewFilter } from './filter.ts';
import { useSessionList } from './session-list.ts';
import { SessionTable } from './session-table.tsx';

interface SessionRowsProps {
  readonly filter: ViewFilter;
  /** The words for a list without sessions. */
  readonly empty: string;
  /** Whether the end of all that match is offered beside the table. */
  readonly canEndMatching?: boolean;
}

/** The sessions of a filter in a table. Give it the filter as its key: how far a list was read belongs to its filter. */
export function SessionRows({ filter, empty, canEndMatching = true }: SessionRowsProps) {
  const list = useSessionList(filter);
  return <SessionTable list={list} filter={filter} empty={empty} canEndMatching={canEndMatching} />;
}
