import { openapiV1 } from '../../api/v1/document.ts';
import { type Endpoints, jsonContent } from '../endpoints.ts';

/** `GET /swagger` and `GET <base>/swagger`: the OpenAPI document of API v1 (WIRE_V1.md, Standard endpoints). */
export function swaggerEndpoints(base: string): Endpoints {
  const content = jsonContent(Buffer.from(JSON.stringify(openapiV1(base))));
  return { '/swagger': () => content, '{v1}/swagger': () => content };
}
