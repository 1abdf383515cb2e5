import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { healthQuery, hoursQuery, keysQuery, statsQuery } from '../../api/queries.ts';
import { useReadAfterChanges } from '../../api/read-after-changes.ts';
import { clockDifference } from '../../api/service.ts';
import { useIsAdmin } from '../../frame/me.ts';
import { useSeconds } from '../../kit/now.ts';
import { GAPS_MS, type Known } from './attention.ts';
import { GapWindow } from './gap-window.ts';
import { allHours, type Hour } from './hours.ts';

export interface Figures {
  readonly known: Known;
  /** The newest first. Undefined before they were read. */
  readonly hours: readonly Hour[] | undefined;
  readonly live: number | undefined;
  readonly now: number;
  /** The error of the last request, if it failed. */
  readonly error: unknown;
  readonly retry: () => void;
}

/** The figures of the overview. It is read again after changes of sessions. */
export function useFigures(): Figures {
  const now = useSeconds();
  const stats = useQuery(statsQuery);
  const hours = useQuery(hoursQuery);
  const health = useQuery(healthQuery);
  const keys = useQuery({ ...keysQuery, enabled: useIsAdmin() });
  const [window] = useState(() => new GapWindow(GAPS_MS));
  const feed_gaps = health.data?.node.feed_gaps ?? 0;
  const gaps = useMemo(() => window.add(feed_gaps, health.dataUpdatedAt), [window, feed_gaps, health.dataUpdatedAt]);
  const read = () => Promise.all([stats.refetch(), hours.refetch()]);
  useReadAfterChanges(read);
  const listed = useMemo(() => hours.data && allHours(hours.data.items, now), [hours.data, now]);
  return {
    known: {
      ...{ stats: stats.data, health: health.data, keys: keys.data?.items },
      ...{ gaps, clock_ms: clockDifference(), now },
    },
    hours: listed,
    live: stats.data?.live,
    now,
    error: stats.error ?? hours.error ?? health.error,
    retry: () => void Promise.all([read(), health.refetch()]),
  };
}
