import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { SeenNode } from '../../api/nodes.ts';
import { healthQuery, hoursQuery, keysQuery, statsQuery } from '../../api/queries.ts';
import { useReadAfterChanges } from '../../api/read-after-changes.ts';
import { clockDifference } from '../../api/service.ts';
import { useIsAdmin } from '../../frame/me.ts';
import { useSeconds } from '../../kit/now.ts';
import { GAPS_MS, type Known, type LimitFigures } from './attention.ts';
import { GapWindow } from './gap-window.ts';
import { allHours, type Hour, lastHour } from './hours.ts';

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

/** A node without a response for this long may have been stopped. */
const RECENT_MS = 60_000;

/** The figures of the overview. It is read again after changes of sessions. */
export function useFigures(): Figures {
  const now = useSeconds();
  const stats = useQuery(statsQuery);
  const hours = useQuery(hoursQuery);
  const health = useQuery(healthQuery);
  const keys = useQuery({ ...keysQuery, enabled: useIsAdmin() });
  const [gapWindow] = useState(() => new GapWindow(GAPS_MS));
  const nodes = health.data;
  const gaps = useMemo(() => gapsOf(gapWindow, nodes ?? []), [gapWindow, nodes]);
  const read = () => Promise.all([stats.refetch(), hours.refetch()]);
  useReadAfterChanges(read);
  const listed = useMemo(() => hours.data && allHours(hours.data.items, now), [hours.data, now]);
  return {
    known: {
      ...{ stats: stats.data, nodes: nodes?.filter(({ seen_at }) => now - seen_at < RECENT_MS) ?? [] },
      ...{ keys: keys.data?.items, limits: listed && limitsOf(listed, now) },
      ...{ gaps, clock_ms: clockDifference(), now },
    },
    hours: listed,
    live: stats.data?.live,
    now,
    error: stats.error ?? hours.error ?? health.error,
    retry: () => void Promise.all([read(), health.refetch()]),
  };
}

function gapsOf(gapWindow: GapWindow, nodes: readonly SeenNode[]): number {
  return Math.max(0, ...nodes.map(({ node, seen_at }) => gapWindow.add(node.id, node.feed_gaps, seen_at)));
}

function limitsOf(hours: readonly Hour[], now: number): LimitFigures {
  return {
    opened: lastHour(hours, ({ opened }) => opened, now).value,
    evicted: lastHour(hours, ({ closed }) => closed.evicted, now).value,
    rejected: lastHour(hours, ({ limited }) => limited, now).value,
  };
}
