import type { FastifyInstance } from 'fastify';
import { registerDocs } from './docs/routes.ts';
import { JSON_UTF8 } from './media-type.ts';
import { openapiV2 } from './v2/openapi.ts';

/** `GET /openapi.json`: API v2 as an OpenAPI document; `GET /docs`: the same for humans. */
export function registerOpenapi(app: FastifyInstance): void {
  let text: string | null = null;
  app.get('/openapi.json', async (_request, reply) => {
    text ??= JSON.stringify(openapiV2());
    return reply.type(JSON_UTF8).send(text);
  });
  registerDocs(app);
}
