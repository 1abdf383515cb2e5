import { CSPProvider } from '@base-ui/react/csp-provider';
import { type QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { type ComponentType, lazy, Suspense, useEffect } from 'react';
import { useFeedConnection } from './api/feed.ts';
import { meQuery } from './api/queries.ts';
import { isSignedOut } from './api/service.ts';
import { AwayContext, useAwaySince } from './frame/away.ts';
import { Frame } from './frame/frame.tsx';
import { MeContext } from './frame/me.ts';
import { SignIn } from './frame/sign-in.tsx';
import { Boundary } from './kit/boundary.tsx';
import { Empty, Failure, Skeleton } from './kit/states.tsx';
import { useLocation } from './routing/location.ts';
import { type ViewName, viewOf } from './routing/routes.ts';
import { COMMON, VIEW_NAMES } from './texts.ts';

/** Each view is loaded when it is first shown. */
const VIEWS: Readonly<Record<ViewName, ComponentType>> = {
  overview: lazy(() => import('./views/overview/overview.tsx')),
  sessions: lazy(() => import('./views/sessions/sessions.tsx')),
  user: lazy(() => import('./views/user/user.tsx')),
  live: lazy(() => import('./views/live/live.tsx')),
  audit: lazy(() => import('./views/audit/audit.tsx')),
  keys: lazy(() => import('./views/keys/keys.tsx')),
  health: lazy(() => import('./views/health/health.tsx')),
};

export function App({ client }: { readonly client: QueryClient }) {
  return (
    // The service allows no style in the page but from its own style sheets.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <Gate />
      </QueryClientProvider>
    </CSPProvider>
  );
}

function Gate() {
  const { data: me, error, refetch } = useQuery(meQuery);
  const isOut = isSignedOut(error);
  useFeedConnection(me !== undefined && !isOut);
  const away = useAwaySince();
  if (isOut) return <SignIn />;
  if (me) {
    return (
      <MeContext value={me}>
        <AwayContext value={away}>
          <CurrentView />
        </AwayContext>
      </MeContext>
    );
  }
  return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton lines={3} />;
}

function CurrentView() {
  const { path } = useLocation();
  const view = viewOf(path);
  const View = view && VIEWS[view];
  useEffect(() => {
    document.title = view ? `${VIEW_NAMES[view]} · Sessions` : 'Sessions';
  }, [view]);
  return (
    <Frame view={view}>
      {View ? (
        <Boundary key={view}>
          <Suspense fallback={<Skeleton />}>
            <View />
          </Suspense>
        </Boundary>
      ) : (
        <Empty title={COMMON.noPage} />
      )}
    </Frame>
  );
}
