import type { Scope } from '@pip-sessions/contract/scopes';

/**
 * The callers that may send a request: all of them, those whose API key has the scope, or those who may read the
 * metrics (`Authenticator.authenticateScrape`).
 */
export type Access = 'public' | Scope | 'metrics';

/**
 * Every path outside of the two APIs and the console, with its access. All of them support GET and HEAD. A path that is
 * not in this table is not served. `{v1}` stands for the base path of API v1.
 */
export const FIXED_ROUTES = {
  '/': 'public',
  '/console': 'public',
  '/livez': 'public',
  '/readyz': 'public',
  '/heartbeat': 'public',
  '/status': 'public',
  '/metrics': 'metrics',
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

/** Returns the name of a path for the metrics. All documents share one, because the number of series is bounded. */
export function routeLabel(path: string): string {
  return /docs|openapi|swagger/.test(path) ? 'documents' : path;
}
