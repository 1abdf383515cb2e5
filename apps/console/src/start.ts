import { callEarly } from './api/service.ts';
import { currentPath, currentQuery } from './routing/location.ts';
import { viewOf } from './routing/routes.ts';
import { filterOfQuery, requestFilter, spanParts } from './sessions/filter.ts';
import { VIEW_CODE } from './views/view-code.ts';
import './styles/theme.css';
import './styles/base.css';
import './kit/kit.css';
import './kit/floating.css';
import './kit/data-table.css';
import './kit/page.css';
import './frame/frame.css';
import './sessions/sessions.css';
import './ending/ending.css';

/**
 * The first code of the page: it requests what the first view needs while the browser still compiles React. A failure
 * shows when the view asks again.
 */
const view = viewOf(currentPath());
callEarly('me');
if (view === 'sessions') requestSessions();
if (view) VIEW_CODE[view]().catch(() => {});
void import('./main.tsx');

function requestSessions(): void {
  const filter = filterOfQuery(currentQuery());
  // Time spans count from the moment at which the list is read.
  if (Object.values(filter.values).some((value) => spanParts(value) !== null)) return;
  callEarly('v2/sessions', { ...requestFilter(filter, 0) });
}
