import { useQuery } from '@tanstack/react-query';
import { listSessions } from '../../api/queries.ts';
import { useReadAfterChanges } from '../../api/read-after-changes.ts';
import { curlLine } from '../../commands/lines.ts';
import { useTarget } from '../../frame/me.ts';
import { Command } from '../../kit/command.tsx';
import { Time } from '../../kit/time.tsx';
import { Link } from '../../routing/link.tsx';
import { pathOf, SESSION_PARAMETER } from '../../routing/routes.ts';
import { Address, Device, StateMark, UserCell } from '../../sessions/cells.tsx';
import type { ListedSession } from '../../sessions/listed-session.ts';
import { FIRST_RUN } from '../../texts/overview.ts';

/**
 * The newest session of an application: null if there is none, undefined before it was looked for. It is looked for
 * again after changes until there is one.
 */
export function useFirstSession(): ListedSession | null | undefined {
  const newest = useQuery({
    queryKey: ['newest'],
    queryFn: async ({ signal }) => {
      // Entries that the service leaves out, such as sign-ins to the console, make pages shorter.
      const { items, next_cursor } = await listSessions({}, { signal });
      return { session: items[0] ?? null, isFirstRun: items.length === 0 && next_cursor === null };
    },
  });
  const isFirstRun = newest.data?.isFirstRun ?? false;
  useReadAfterChanges(() => newest.refetch(), isFirstRun);
  if (!newest.data) return undefined;
  return newest.data.session ?? (isFirstRun ? null : undefined);
}

/** Leads to the first session, and shows it when it has arrived. */
export function FirstRun({ session }: { readonly session: ListedSession | null }) {
  const target = useTarget();
  const line = curlLine(target, { method: 'POST', path: '/v2/sessions', body: { user_id: 'ann' } });
  return (
    <section className="first-run" aria-label={FIRST_RUN.title}>
      <h2>{session ? FIRST_RUN.arrived : FIRST_RUN.title}</h2>
      {session ? (
        <>
          <p className="first-session">
            <StateMark session={session} />
            <UserCell session={session} />
            <Device client={session.client} />
            <Address address={session.address} />
            <Time value={session.open_time} />
            <Link to={pathOf('sessions')} query={new URLSearchParams({ [SESSION_PARAMETER]: session.id })}>
              {FIRST_RUN.open}
            </Link>
          </p>
          <p className="quiet-text">{FIRST_RUN.next}</p>
        </>
      ) : (
        <>
          <p>{FIRST_RUN.lead}</p>
          {target.needsKey && <p className="quiet-text">{FIRST_RUN.key}</p>}
          <Command line={line} />
          <p className="quiet-text" role="status">
            {FIRST_RUN.waiting}
          </p>
        </>
      )}
    </section>
  );
}
