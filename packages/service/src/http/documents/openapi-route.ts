import { openapiV2 } from '../../api/v2/document.ts';
import { type Endpoints, jsonContent } from '../endpoints.ts';
import { docsEndpoints } from './endpoints.ts';

/** `GET /openapi.json`: API v2 as an OpenAPI document; `GET /docs`: the same for humans. */
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
