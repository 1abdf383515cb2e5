import type { SessionFilter, SessionPage, Stats } from '@pip-sessions/contract/v2';
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { type ListedSession, listed } from '../sessions/listed-session.ts';
import { type SeenNode, withNode } from './nodes.ts';
import { call, ServiceError, serviceTime } from './service.ts';
import type { AuditPage, Health, Hours, KeyList, Me, SessionDetails } from './types.ts';

/** An error of the request itself is the same the next time; only a service that is away is tried again. */
function isWorthRetrying(failures: number, error: unknown): boolean {
  return failures < 2 && !(error instanceof ServiceError && error.status < 500);
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: isWorthRetrying, staleTime: 5_000, gcTime: 120_000, networkMode: 'always' } },
  });
}

/** Who is signed in; null for nobody. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => (await call<Me | undefined>('me', { signal })) ?? null,
  staleTime: 60_000,
  refetchInterval: 60_000,
});

export const statsQuery = queryOptions({
  queryKey: ['stats'],
  queryFn: ({ signal }) => call<Stats>('v2/stats', { signal }),
  refetchInterval: 15_000,
});

export const hoursQuery = queryOptions({
  queryKey: ['hours'],
  queryFn: ({ signal }) => call<Hours>('hours', { signal }),
  refetchInterval: 15_000,
});

/** The nodes that have responded, the latest response first. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ client, queryKey, signal }) => {
    const known = client.getQueryData<readonly SeenNode[]>(queryKey) ?? [];
    return withNode(known, await call<Health>('health', { signal }), serviceTime());
  },
  refetchInterval: 10_000,
});

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => call<KeyList>('v2/keys', { signal }),
  refetchInterval: 30_000,
});

export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ signal, pageParam }) =>
    call<AuditPage>('audit', { signal, query: { limit: 100, before: pageParam ?? undefined } }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

export function sessionQuery(id: string) {
  return queryOptions({
    queryKey: ['session', id],
    queryFn: async ({ signal }) => listed(await call<SessionDetails>(`sessions/${encodeURIComponent(id)}`, { signal })),
  });
}

/** A page of sessions as it arrived. */
export interface ListedPage {
  readonly items: readonly ListedSession[];
  readonly next_cursor: string | null;
  /** How long the request took, in milliseconds. */
  readonly duration_ms: number;
}

/** A page of sessions. Without `limit` it is as long as the service allows. */
export async function listSessions(
  filter: SessionFilter,
  options: { readonly cursor?: string | null; readonly limit?: number; readonly signal?: AbortSignal } = {},
): Promise<ListedPage> {
  const start = performance.now();
  const query = { ...filter, limit: options.limit, cursor: options.cursor ?? undefined };
  const page = await call<SessionPage>('v2/sessions', { query, signal: options.signal });
  const now = serviceTime();
  return {
    items: page.items.map((session) => listed(session, now)),
    next_cursor: page.next_cursor,
    duration_ms: performance.now() - start,
  };
}
