import { type Endpoints, jsonContent } from '../endpoints/endpoints.ts';
import { type Pages, redirect } from './pages.ts';

/**
 * `GET /openapi.json`: the OpenAPI document of API v2; `GET /docs`: its reference page. The document is made at the first
 * request, so that it does not delay the start.
 */
export function v2DocumentEndpoints(pages: Pages): Endpoints {
  let text: Buffer | null = null;
  return {
    '/openapi.json': async () => {
      const { openapiV2 } = await import('../../api/v2/document.ts');
      text ??= Buffer.from(JSON.stringify(openapiV2()));
      return jsonContent(text);
    },
    '/docs': (request) => pages.serve('/docs', request),
    '/docs/': () => redirect('../docs'),
  };
}
