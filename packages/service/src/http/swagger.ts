import { type Endpoints, jsonContent } from './endpoints.ts';
import { openapiV1 } from './v1/openapi.ts';

/** `GET /swagger` and `GET <base>/swagger`: the OpenAPI document of v1 (WIRE_V1.md, Standard endpoints). */
export function swaggerEndpoints(base: string): Endpoints {
  const content = jsonContent(Buffer.from(JSON.stringify(openapiV1(base))));
  return { '/swagger': () => content, [`${base}/swagger`]: () => content };
}
