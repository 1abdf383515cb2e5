import type { ViewFilter } from './filter.ts';
import { useSessionList } from './session-list.ts';
import { SessionTable } from './session-table.tsx';

interface SessionRowsProps {
  readonly filter: ViewFilter;
  /** The words for a list without sessions. */
  readonly empty: string;
}

/** The sessions of a filter in a table. Give it the filter as its key: how far a list was read belongs to its filter. */
export function SessionRows({ filter, empty }: SessionRowsProps) {
  return <SessionTable list={useSessionList(filter)} filter={filter} empty={empty} />;
}
