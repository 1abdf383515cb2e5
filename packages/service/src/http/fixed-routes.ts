import type { Scope } from '@pip-sessions/contract/scopes';

/** The callers that may send a request: all of them, or those whose API key has the scope. */
export type Access = 'public' | Scope;

/**
 * Every path outside of the two APIs, with its access. All of them support GET and HEAD. A path that is not in this
 * table is not served. `{v1}` stands for the base path of API v1.
 */
export const FIXED_ROUTES = {
  '/livez': 'public',
  '/readyz': 'public',
  '/heartbeat': 'public',
  '/status': 'public',
  '/openapi.json': 'public',
  '/docs': 'public',
  '/docs/': 'public',
  '/docs/page.css': 'public',
  '/docs/page.js': 'public',
  '/docs/swagger-ui.css': 'public',
  '/docs/swagger-ui-bundle.js': 'public',
  '/docs/favicon-32x32.png': 'public',
  '/swagger': 'public',
  '/swagger/': 'public',
  '{v1}/swagger': 'public',
} as const satisfies Readonly<Record<string, Access>>;

export type FixedPath = keyof typeof FIXED_ROUTES;
