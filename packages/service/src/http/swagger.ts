import type { FastifyInstance } from 'fastify';
import { JSON_UTF8 } from './media-type.ts';
import { openapiV1 } from './v1/openapi.ts';

/** `GET /swagger` and `GET <base>/swagger`: the OpenAPI document of v1 (WIRE_V1.md, Standard endpoints). */
export function registerSwagger(app: FastifyInstance, base: string): void {
  const document = JSON.stringify(openapiV1(base));
  for (const path of ['/swagger', `${base}/swagger`]) {
    app.get(path, async (_request, reply) => reply.type(JSON_UTF8).send(document));
  }
}
