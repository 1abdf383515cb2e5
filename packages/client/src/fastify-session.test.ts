import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import fastify, { type FastifyRequest } from 'fastify';
import { PipSessionsStore } from './fastify-session.ts';
import { ACTIONS, type LibrarySession, type StartLibraryApp } from './session-libraries/fixtures/library-app.ts';
import { runLibraryCases } from './session-libraries/fixtures/suite.ts';

const startApp: StartLibraryApp = async ({ store, gate, max_age_ms }) => {
  const app = fastify();
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    secret: 'not a secret, but long enough for the library',
    saveUninitialized: false,
    cookieName: 'sid',
    cookie: { secure: false, ...(max_age_ms !== undefined && { maxAge: max_age_ms }) },
    store: new PipSessionsStore(store),
  });
  for (const [path, action] of Object.entries(ACTIONS)) {
    app.route({
      method: ['GET', 'POST'],
      url: path,
      handler: async (request) => {
        const answer = await action(sessionOf(request), (request.body ?? {}) as Record<string, unknown>, gate);
        const { cookie: _, ...members } = JSON.parse(JSON.stringify(answer));
        return members;
      },
    });
  }
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, stop: () => app.close() };
};

function sessionOf(request: FastifyRequest): LibrarySession {
  return {
    get members() {
      return request.session as unknown as Record<string, unknown>;
    },
    regenerate: () => request.session.regenerate(),
    destroy: () => request.session.destroy(),
    save: () => request.session.save(),
  };
}

runLibraryCases('@fastify/session', startApp);
