import { CSPProvider } from '@base-ui/react/csp-provider';
import { type QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useFeedConnection } from './api/feed.ts';
import { meQuery } from './api/queries.ts';
import { AwayContext, useAwaySince } from './frame/away.ts';
import { Frame } from './frame/frame.tsx';
import { MeContext } from './frame/me.ts';
import { SignIn } from './frame/sign-in.tsx';
import { Boundary } from './kit/boundary.tsx';
import { Code, Shown } from './kit/code.tsx';
import { Empty, Failure, Skeleton } from './kit/states.tsx';
import { useLocation } from './routing/location.ts';
import { type ViewName, viewOf } from './routing/routes.ts';
import { COMMON, VIEW_NAMES } from './texts.ts';
import { VIEW_CODE } from './views/view-code.ts';

const VIEWS = Object.fromEntries(Object.entries(VIEW_CODE).map(([name, load]) => [name, new Code(load)])) as Readonly<
  Record<ViewName, Code<object>>
>;

/** Resolves when the code of the view of an address is loaded. */
export async function viewLoaded(path: string): Promise<void> {
  const view = viewOf(path);
  if (view) await VIEWS[view].load();
}

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
  const isOut = me === null;
  useFeedConnection(me != null);
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
  const code = view && VIEWS[view];
  useEffect(() => {
    document.title = view ? `${VIEW_NAMES[view]} · Sessions` : 'Sessions';
  }, [view]);
  return (
    <Frame view={view}>
      {code ? (
        <Boundary key={view}>
          <Shown code={code} props={{}} />
        </Boundary>
      ) : (
        <Empty title={COMMON.noPage} />
      )}
    </Frame>
  );
}
