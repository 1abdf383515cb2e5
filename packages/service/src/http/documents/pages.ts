import type { IncomingMessage } from 'node:http';
import type { Content } from '../content.ts';
import type { Endpoints } from '../endpoints/endpoints.ts';
import type { Assets } from './assets.ts';
import type { DocumentedApis } from './page.ts';
import { type AssetPath, FILE_PATHS } from './paths.ts';

/** The reference pages and their files. They are loaded at the first request, so that they do not delay the start. */
export class Pages {
  readonly #apis: DocumentedApis;
  #assets: Assets | null = null;

  constructor(apis: DocumentedApis) {
    this.#apis = apis;
  }

  async serve(path: AssetPath, request: IncomingMessage): Promise<Content> {
    const { Assets } = await import('./assets.ts');
    this.#assets ??= new Assets(this.#apis);
    const { headers, body } = await this.#assets.get(path);
    const isSame = request.headers['if-none-match'] === headers.etag;
    return isSame ? { status: 304, headers, body: '' } : { status: 200, headers, body };
  }

  /** The files of all pages. */
  fileEndpoints(): Endpoints {
    return Object.fromEntries(
      FILE_PATHS.map((path) => [path, (request: IncomingMessage) => this.serve(path, request)]),
    );
  }
}

/** Returns a redirect. A relative `location` also works behind a proxy that serves the page under a prefix. */
export function redirect(location: string): Content {
  return { status: 308, headers: { location }, body: '' };
}
