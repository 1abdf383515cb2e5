import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Assets } from './assets.ts';

/** `GET /docs`: API v2 for humans. Nothing of it is loaded before it is asked for, so that no start waits for it. */
export function registerDocs(app: FastifyInstance): void {
  let assets: Assets | null = null;

  async function serve(request: FastifyRequest, reply: FastifyReply) {
    const { Assets } = await import('./assets.ts');
    assets ??= new Assets({ hasV1: app.hasRoute({ method: 'GET', url: '/swagger' }) });
    const asset = await assets.get(request.url.split('?', 1)[0] ?? '');
    if (asset === null) return reply.callNotFound();
    const { type, headers, content } = asset;
    reply.headers(headers);
    return request.headers['if-none-match'] === headers.etag ? reply.code(304).send() : reply.type(type).send(content);
  }

  app.get('/docs', serve);
  app.get('/docs/:file', serve);
}
