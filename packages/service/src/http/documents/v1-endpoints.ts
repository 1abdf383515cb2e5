import { type Endpoints, jsonContent } from '../endpoints/endpoints.ts';
import { prefersPage } from './accept.ts';
import { type Pages, redirect } from './pages.ts';

const VARY = { vary: 'accept' };

/**
 * `GET /swagger` and `GET <base>/swagger`: the OpenAPI document of API v1 (WIRE_V1.md, Standard endpoints). A browser
 * gets its reference page at `/swagger`. The document is made at the first request, so that it does not delay the start.
 */
export function v1DocumentEndpoints(base: string, pages: Pages): Endpoints {
  let text: Buffer | null = null;
  const document = async (headers = {}) => {
    const { openapiV1 } = await import('../../api/v1/document.ts');
    text ??= Buffer.from(JSON.stringify(openapiV1(base)));
    return jsonContent(text, headers);
  };
  return {
    '/swagger': async (request) => {
      if (!prefersPage(request.headers.accept)) return document(VARY);
      const page = await pages.serve('/swagger', request);
      return { ...page, headers: { ...page.headers, ...VARY } };
    },
    '/swagger/': () => redirect('../swagger'),
    '{v1}/swagger': () => document(),
  };
}
