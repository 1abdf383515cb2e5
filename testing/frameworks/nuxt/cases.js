import { requireSession } from '@pip-sessions/client/h3';

export default defineEventHandler(async (event) => {
  if (!globalThis.cases.has(event)) return undefined;
  const body = event.method === 'POST' ? await readBody(event) : {};
  return globalThis.cases.respond(event, requireSession, body);
});
