import { createRoot } from 'react-dom/client';
import { createQueryClient, meQuery } from './api/queries.ts';
import { isSignedOut } from './api/service.ts';
import { App, viewLoaded } from './app.tsx';
import { startTheme } from './frame/theme.ts';
import { currentPath } from './routing/location.ts';

/** After this time the page shows what it waits for. */
const ARRIVED_MS = 50;

startTheme();
const root = document.getElementById('root');
if (!root) throw new Error('the page has no element with the id "root"');

const client = createQueryClient();
client.getQueryCache().subscribe(({ type, query }) => {
  // A sign-in that has ended shows in any request: `me` then says so.
  const isOther = query.queryKey[0] !== meQuery.queryKey[0];
  if (type === 'updated' && isOther && isSignedOut(query.state.error) && query.state.status === 'error') {
    void client.invalidateQueries({ queryKey: meQuery.queryKey });
  }
});

void draw(root);

/** What was requested at the start has usually arrived: then the page is drawn once, with its view. */
async function draw(page: HTMLElement): Promise<void> {
  const arrived = Promise.all([client.prefetchQuery(meQuery), viewLoaded(currentPath())]);
  await Promise.race([arrived, new Promise((resolve) => setTimeout(resolve, ARRIVED_MS))]);
  createRoot(page).render(<App client={client} />);
}
