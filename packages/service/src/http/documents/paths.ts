import { FIXED_ROUTES, type FixedPath } from '../fixed-routes.ts';

/** The paths of the reference page and its files. */
export type DocsPath = Extract<FixedPath, `/docs${string}`>;
export const DOCS_PATHS = (Object.keys(FIXED_ROUTES) as FixedPath[]).filter(isDocsPath);

function isDocsPath(path: FixedPath): path is DocsPath {
  return path.startsWith('/docs');
}
