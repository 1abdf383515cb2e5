import { openapiV2 } from '../../api/v2/document.ts';
import { type Endpoints, jsonContent } from '../endpoints.ts';
import { type Pages, redirect } from './pages.ts';

/** `GET /openapi.json`: the OpenAPI document of API v2; `GET /docs`: its reference page. */
export function v2DocumentEndpoints(pages: Pages): Endpoints {
  let text: Buffer | null = null;
  return {
    '/openapi.json': () => {
      text ??= Buffer.from(JSON.stringify(openapiV2()));
      return jsonContent(text);
    },
    '/docs': (request) => pages.serve('/docs', request),
    '/docs/': () => redirect('../docs'),
  };
}
