import { useQuery } from '@tanstack/react-query';
import { listSessions } from '../../api/queries.ts';
import { Failure } from '../../kit/states.tsx';
import { Link } from '../../routing/link.tsx';
import { useLocation } from '../../routing/location.ts';
import { pathOf, SESSION_PARAMETER } from '../../routing/routes.ts';
import { NarrowSession } from '../../sessions/cells.tsx';
import type { ListedSession } from '../../sessions/listed-session.ts';
import { SESSION } from '../../texts.ts';

const SHOWN_MAX = 10;

/** The newest other sessions of the user, and the way to all of them. */
export function OtherSessions({ session: { id, user_id } }: { readonly session: ListedSession }) {
  const { path, query: address } = useLocation();
  const { data, error } = useQuery({
    queryKey: ['others', user_id],
    queryFn: ({ signal }) => listSessions({ user_id }, { limit: SHOWN_MAX + 1, signal }),
  });
  const others = (data?.items ?? []).filter((other) => other.id !== id).slice(0, SHOWN_MAX);
  const queryOf = (other: string) => {
    const query = new URLSearchParams(address);
    query.set(SESSION_PARAMETER, other);
    return query;
  };
  return (
    <section aria-label={SESSION.others}>
      <h3>{SESSION.others}</h3>
      {error && <Failure error={error} />}
      {data && others.length === 0 && <p className="quiet-text">{SESSION.noOthers}</p>}
      <ul className="others">
        {others.map((other) => (
          <li key={other.id}>
            <Link to={path} query={queryOf(other.id)}>
              <NarrowSession session={other} />
            </Link>
          </li>
        ))}
      </ul>
      <Link to={pathOf('user')} query={new URLSearchParams({ id: user_id })}>
        {SESSION.allOfUser}
      </Link>
    </section>
  );
}
