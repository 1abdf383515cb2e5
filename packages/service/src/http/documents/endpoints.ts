import type { IncomingMessage } from 'node:http';
import type { Content } from '../content.ts';
import type { Endpoints } from '../endpoints.ts';
import type { Assets } from './assets.ts';
import type { PageOptions } from './page.ts';
import { DOCS_PATHS, type DocsPath } from './paths.ts';

/**
 * `GET /docs`: the reference page of API v2. Its files are loaded at the first request, so that they do not delay the
 * start.
 */
export function docsEndpoints(options: PageOptions): Endpoints {
  let assets: Assets | null = null;

  async function serve(path: DocsPath, request: IncomingMessage): Promise<Content> {
    const { Assets } = await import('./assets.ts');
    assets ??= new Assets(options);
    const { headers, body } = await assets.get(path);
    const isSame = request.headers['if-none-match'] === headers.etag;
    return isSame ? { status: 304, headers, body: '' } : { status: 200, headers, body };
  }

  return Object.fromEntries(DOCS_PATHS.map((path) => [path, (request: IncomingMessage) => serve(path, request)]));
}
