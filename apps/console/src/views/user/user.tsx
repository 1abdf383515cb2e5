import { useMemo } from 'react';
import { Empty } from '../../kit/states.tsx';
import { navigate, useLocation } from '../../routing/location.ts';
import { pathOf } from '../../routing/routes.ts';
import { filterOfQuery, queryOfFilter, type ViewFilter } from '../../sessions/filter.ts';
import { FilterBar } from '../../sessions/filter-bar.tsx';
import { SessionRows } from '../../sessions/session-rows.tsx';
import { WithPanel } from '../../sessions/with-panel.tsx';
import { COMMON, USER } from '../../texts.ts';
import { UserHead } from './user-head.tsx';
import './user.css';

const PARAMETER = 'id';

/** The sessions of one user, and what can be done for the user as a whole. */
export default function User() {
  const user_id = useLocation().query.get(PARAMETER);
  if (user_id === null || user_id === '') return <Empty title={COMMON.noPage} />;
  return (
    <WithPanel>
      <Content key={user_id} user_id={user_id} />
    </WithPanel>
  );
}

function Content({ user_id }: { readonly user_id: string }) {
  const { query } = useLocation();
  const text = queryOfFilter(filterOfQuery(query)).toString();
  const filter = useMemo((): ViewFilter => {
    const { states, values } = filterOfQuery(new URLSearchParams(text));
    return { states, values: { ...values, user_id } };
  }, [text, user_id]);
  const change = ({ states, values }: ViewFilter) => {
    const { user_id: _, ...rest } = values;
    navigate(pathOf('user'), queryOfFilter({ states, values: rest }, query));
  };
  return (
    <>
      <UserHead user_id={user_id} />
      <div className="view-head">
        <FilterBar filter={filter} onChange={change} without={['user_id', 'user_name']} />
      </div>
      <SessionRows
        key={text}
        filter={filter}
        empty={USER.none}
        canEndMatching={Object.keys(filter.values).length > 1}
      />
    </>
  );
}
