import { infiniteQueryOptions, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Change } from '../api/change-stream.ts';
import { useFeedEvents } from '../api/feed.ts';
import { type ListedPage, listSessions } from '../api/queries.ts';
import { serviceTime } from '../api/service.ts';
import { cursorTime } from './cursor-time.ts';
import { requestFilter, type ViewFilter } from './filter.ts';
import { changedBy } from './listed-changes.ts';
import type { ListedSession } from './listed-session.ts';

/** Maximum number of sessions in a list. Older ones are found by a narrower filter. */
const ROWS_MAX = 20_000;
/** A search that finds little goes on by itself until it has found so many sessions. */
const FOUND_MIN = 50;
/** A gap of the change stream so soon after the first page does not concern the list. */
const FRESH_MS = 5_000;
/** How often the newest sessions are looked for, at most. */
const NEWEST_MS = 5_000;

export interface SessionList {
  readonly rows: readonly ListedSession[];
  /** `searching`: pages arrive with few sessions or none, and there are older sessions. */
  readonly state: 'loading' | 'failed' | 'searching' | 'stopped' | 'more' | 'full' | 'complete';
  readonly error: unknown;
  /** Up to which `open_time` a search has looked; null if it is not known. */
  readonly searchedTo: number | null;
  /** The number of new sessions that match and are not in the list. */
  readonly newer: number;
  /** Whether there are more new sessions than were counted. */
  readonly isNewerMore: boolean;
  /** Whether sessions of the list may have ended without being marked. */
  readonly isOutdated: boolean;
  readonly loadMore: () => void;
  readonly stop: () => void;
  readonly goOn: () => void;
  /** Reads the list again, from the newest session on. */
  readonly refresh: () => void;
}

interface Cursor {
  /** The moment from which the time spans of the filter count; the same for all pages. */
  readonly now: number;
  readonly cursor: string | null;
}

function listQuery(filter: ViewFilter) {
  return infiniteQueryOptions({
    queryKey: ['sessions', filter],
    queryFn: async ({ pageParam, signal }) => {
      const now = pageParam.now || serviceTime();
      const page = await listSessions(requestFilter(filter, now), { cursor: pageParam.cursor, signal });
      return { ...page, now };
    },
    initialPageParam: { now: 0, cursor: null } as Cursor,
    getNextPageParam: ({ next_cursor, now }) => (next_cursor === null ? null : { now, cursor: next_cursor }),
    // Rows do not move by themselves: a list is read again only by `refresh`.
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
}

/** The sessions that match a filter, the newest first, in pages that are read when they are needed. */
export function useSessionList(filter: ViewFilter): SessionList {
  const client = useQueryClient();
  const options = useMemo(() => listQuery(filter), [filter]);
  const query = useInfiniteQuery(options);
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const pages = data?.pages;
  const rows = useMemo(() => (pages ?? []).flatMap(({ items }) => items), [pages]);

  const [isStopped, setStopped] = useState(false);
  const [isOutdated, setOutdated] = useState(false);
  const [wanted, setWanted] = useState(FOUND_MIN);
  const isFull = rows.length >= ROWS_MAX;
  const isShort = hasNextPage && rows.length < wanted && !isFull;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page without sessions leads to the next one
  useEffect(() => {
    if (isShort && !isStopped && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [isShort, isStopped, isFetchingNextPage, isFetchNextPageError, fetchNextPage, pages?.length]);

  const loadMore = useCallback(() => {
    if (isStopped || isFetchNextPageError) return;
    setWanted((known) => (known > rows.length ? known : rows.length + FOUND_MIN));
  }, [isStopped, isFetchNextPageError, rows.length]);

  const { newer, isNewerMore, forget } = useNewer(filter, pages?.[0], rows);
  const patch = useCallback(
    (changes: readonly Change[]) => {
      client.setQueryData(options.queryKey, (known) => known && { ...known, pages: changedBy(known.pages, changes) });
    },
    [client, options],
  );
  useFeedEvents((event) => {
    if (event.kind === 'changes') patch(event.changes);
    // The first connection begins with a gap too; a list that has just arrived has missed nothing.
    else if (pages?.[0] && serviceTime() - pages[0].now > FRESH_MS) setOutdated(true);
  });

  return {
    rows,
    error: query.error,
    searchedTo: cursorTime(pages?.at(-1)?.next_cursor ?? null),
    newer,
    isNewerMore,
    isOutdated,
    state: stateOfList(),
    loadMore,
    stop: () => setStopped(true),
    goOn: () => {
      setStopped(false);
      setWanted(rows.length + FOUND_MIN);
      if (isFetchNextPageError) void fetchNextPage();
    },
    refresh: () => {
      forget();
      setOutdated(false);
      setStopped(false);
      setWanted(FOUND_MIN);
      void client.resetQueries({ queryKey: options.queryKey, exact: true });
    },
  };

  function stateOfList(): SessionList['state'] {
    if (query.isError) return 'failed';
    if (!pages) return 'loading';
    if (isFull && hasNextPage) return 'full';
    if (!hasNextPage) return 'complete';
    if (isStopped) return 'stopped';
    return isShort ? 'searching' : 'more';
  }
}

/** Counts new sessions that match, after changes: the first page is read again, but not shown. */
function useNewer(filter: ViewFilter, first: ListedPage | undefined, rows: readonly ListedSession[]) {
  const [found, setFound] = useState({ filter, newer: 0, isMore: false });
  const isDue = useRef(false);
  useFeedEvents((event) => {
    const isOpen =
      event.kind === 'gap' || event.changes.some((change) => !('removed' in change) && change.revision === 1);
    if (isOpen) isDue.current = true;
  });
  useEffect(() => {
    // A filter that no index serves costs the service too much to be looked at again and again.
    if (!first || first.duration_ms > 1_000) return;
    const known = new Set(rows.slice(0, first.items.length + 1).map(({ id }) => id));
    const newest = rows[0]?.open_time ?? '';
    const controller = new AbortController();
    const timer = setInterval(async () => {
      if (!isDue.current || document.visibilityState !== 'visible') return;
      isDue.current = false;
      const page = await listSessions(requestFilter(filter, serviceTime()), { signal: controller.signal }).catch(
        () => null,
      );
      if (!page || controller.signal.aborted) return;
      const newer = page.items.filter(({ id, open_time }) => open_time >= newest && !known.has(id)).length;
      setFound({ filter, newer, isMore: newer === page.items.length && page.next_cursor !== null });
    }, NEWEST_MS);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [filter, first, rows]);
  const isOfFilter = found.filter === filter;
  return {
    newer: isOfFilter ? found.newer : 0,
    isNewerMore: isOfFilter && found.isMore,
    forget: () => setFound({ filter, newer: 0, isMore: false }),
  };
}
