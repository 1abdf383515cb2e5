import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useState } from 'react';
import { useFeedEvents } from '../../api/feed.ts';
import { sessionQuery } from '../../api/queries.ts';
import type { ListedSession } from '../../sessions/listed-session.ts';
import { SessionLoader } from './session-loader.ts';

export const SessionLoaderContext = createContext<SessionLoader | null>(null);

/** A loader for the lines of the view. A session that was read stays cached for a few minutes, because it may change again. */
export function useSessionLoader(): SessionLoader {
  const client = useQueryClient();
  const [loader] = useState(
    () =>
      new SessionLoader({
        read: (id) => client.fetchQuery({ ...sessionQuery(id), staleTime: Number.POSITIVE_INFINITY, retry: false }),
        setTimer: (callback, delay_ms) => setTimeout(callback, delay_ms),
        clearTimer: (timer) => clearTimeout(timer as number | undefined),
      }),
  );
  useEffect(() => () => loader.stop(), [loader]);
  // A line needs what never changes. The panel of a session that has changed must read it again.
  useFeedEvents((event) => {
    const ids = event.kind === 'gap' ? [null] : event.changes.map(({ id }) => id);
    for (const id of ids) {
      const queryKey = id === null ? ['session'] : sessionQuery(id).queryKey;
      void client.invalidateQueries({ queryKey, refetchType: 'none' });
    }
  });
  return loader;
}

/** The session of a line in view: undefined until it was read, null if it cannot be read. */
export function useLineSession(id: string): ListedSession | null | undefined {
  const loader = use(SessionLoaderContext);
  const { data, error } = useQuery({ ...sessionQuery(id), enabled: false });
  const isMissing = data === undefined && !error && id !== '';
  useEffect(() => (isMissing ? loader?.want(id) : undefined), [loader, id, isMissing]);
  return data ?? (error ? null : undefined);
}
