import { openapiV1 } from '../../api/v1/document.ts';
import { type Endpoints, jsonContent } from '../endpoints.ts';
import { prefersPage } from './accept.ts';
import { type Pages, redirect } from './pages.ts';

const VARY = { vary: 'accept' };

/**
 * `GET /swagger` and `GET <base>/swagger`: the OpenAPI document of API v1 (WIRE_V1.md, Standard endpoints). A browser
 * gets its reference page at `/swagger`.
 */
export function v1DocumentEndpoints(base: string, pages: Pages): Endpoints {
  const text = Buffer.from(JSON.stringify(openapiV1(base)));
  return {
    '/swagger': async (request) => {
      if (!prefersPage(request.headers.accept)) return jsonContent(text, VARY);
      const page = await pages.serve('/swagger', request);
      return { ...page, headers: { ...page.headers, ...VARY } };
    },
    '/swagger/': () => redirect('../swagger'),
    '{v1}/swagger': () => jsonContent(text),
  };
}
