import type { ComponentType } from 'react';
import type { ViewName } from '../routing/routes.ts';

/** The code of each view, which is loaded when the view is first shown. */
export const VIEW_CODE: Readonly<Record<ViewName, () => Promise<{ readonly default: ComponentType<object> }>>> = {
  overview: () => import('./overview/overview.tsx'),
  sessions: () => import('./sessions/sessions.tsx'),
  user: () => import('./user/user.tsx'),
  live: () => import('./live/live.tsx'),
  audit: () => import('./audit/audit.tsx'),
  keys: () => import('./keys/keys.tsx'),
  health: () => import('./health/health.tsx'),
};
