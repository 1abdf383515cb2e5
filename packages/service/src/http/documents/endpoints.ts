import type { Endpoints } from '../endpoints/endpoints.ts';
import type { DocumentedApis } from './page.ts';
import { Pages } from './pages.ts';
import { v1DocumentEndpoints } from './v1-endpoints.ts';
import { v2DocumentEndpoints } from './v2-endpoints.ts';

/** The OpenAPI documents of the APIs, and their reference pages. */
export function documentEndpoints(apis: DocumentedApis): Endpoints {
  const { v1_base, hasV2 } = apis;
  const pages = new Pages(apis);
  return {
    ...(v1_base !== null && v1DocumentEndpoints(v1_base, pages)),
    ...(hasV2 && v2DocumentEndpoints(pages)),
    ...((v1_base !== null || hasV2) && pages.fileEndpoints()),
  };
}
