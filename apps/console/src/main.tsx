import { createRoot } from 'react-dom/client';
import { createQueryClient, meQuery } from './api/queries.ts';
import { isSignedOut } from './api/service.ts';
import { App } from './app.tsx';
import { startTheme } from './frame/theme.ts';

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

createRoot(root).render(<App client={client} />);
