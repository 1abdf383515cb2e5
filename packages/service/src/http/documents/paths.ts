import { FIXED_ROUTES, type FixedPath } from '../endpoints/fixed-routes.ts';

/** The files of the reference pages. */
export type FilePath = Exclude<Extract<FixedPath, `/docs/${string}`>, '/docs/'>;
export const FILE_PATHS = (Object.keys(FIXED_ROUTES) as FixedPath[]).filter(isFilePath);

/** The reference pages and their files. */
export type AssetPath = '/docs' | '/swagger' | FilePath;

function isFilePath(path: FixedPath): path is FilePath {
  return path.startsWith('/docs/') && path !== '/docs/';
}
