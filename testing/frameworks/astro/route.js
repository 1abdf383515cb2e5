import { requireSession } from '@pip-sessions/client/astro';

function handle({ request, locals }) {
  return globalThis.cases.respond(request, locals.userSession, requireSession);
}

export { handle as GET, handle as POST };
