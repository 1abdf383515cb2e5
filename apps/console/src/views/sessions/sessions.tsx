import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { statsQuery } from '../../api/queries.ts';
import { navigate, useLocation } from '../../routing/location.ts';
import { pathOf } from '../../routing/routes.ts';
import { filterOfQuery, hasValues, queryOfFilter, type ViewFilter } from '../../sessions/filter.ts';
import { FilterBar } from '../../sessions/filter-bar.tsx';
import { SessionRows } from '../../sessions/session-rows.tsx';
import { WithPanel } from '../../sessions/with-panel.tsx';
import { SESSIONS } from '../../texts.ts';

/** All sessions that match the filter of the address. */
export default function Sessions() {
  return (
    <WithPanel>
      <List />
    </WithPanel>
  );
}

function List() {
  const { query } = useLocation();
  // The panel of a session does not change the filter.
  const text = queryOfFilter(filterOfQuery(query)).toString();
  const filter = useMemo(() => filterOfQuery(new URLSearchParams(text)), [text]);
  const { data: stats } = useQuery(statsQuery);
  const change = (next: ViewFilter) => navigate(pathOf('sessions'), queryOfFilter(next, query));
  return (
    <>
      <div className="view-head">
        <FilterBar filter={filter} onChange={change} />
        {stats && <p className="list-figures">{SESSIONS.aboutLive(stats.live)}</p>}
      </div>
      <SessionRows key={text} filter={filter} empty={emptyText(filter)} />
    </>
  );
}

function emptyText(filter: ViewFilter): string {
  return hasValues(filter) ? SESSIONS.emptyFilter : SESSIONS.empty[filter.states];
}
