import { openapiV2 } from '../../api/v2/document.ts';
import { type Endpoints, jsonContent } from '../endpoints.ts';
import { docsEndpoints } from './endpoints.ts';

/** `GET /openapi.json`: the OpenAPI document of API v2; `GET /docs`: its reference page. */
export function openapiEndpoints(hasV1: boolean): Endpoints {
  let text: Buffer | null = null;
  return {
    '/openapi.json': () => {
      text ??= Buffer.from(JSON.stringify(openapiV2()));
      return jsonContent(text);
    },
    ...docsEndpoints({ hasV1 }),
  };
}
