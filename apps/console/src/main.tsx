import { createRoot } from 'react-dom/client';
import { createQueryClient, meQuery } from './api/queries.ts';
import { isSignedOut } from './api/service.ts';
import { App, preloadView } from './app.tsx';
import { startTheme } from './frame/theme.ts';
import { currentPath } from './routing/location.ts';
import './styles/theme.css';
import './styles/base.css';
import './kit/kit.css';
import './kit/floating.css';
import './kit/data-table.css';
import './kit/page.css';
import './frame/frame.css';
import './sessions/sessions.css';
import './ending/ending.css';

startTheme();
preloadView(currentPath());
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
