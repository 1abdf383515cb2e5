/** The views of the console. */
const VIEWS = ['overview', 'sessions', 'user', 'live', 'audit', 'keys', 'health'] as const;
export type ViewName = (typeof VIEWS)[number];

/** The view of a path; null if there is none. */
export function viewOf(path: string): ViewName | null {
  return VIEWS.find((name) => pathOf(name) === path) ?? null;
}

/** The path of a view. The view of a user has the query parameter `id`, because an id such as `..` cannot be in a path. */
export function pathOf(view: ViewName): string {
  return view === 'overview' ? '/' : `/${view}`;
}

/** The query parameter of the session whose panel is open, in each view. */
export const SESSION_PARAMETER = 'session';
