import { userSessions } from '@pip-sessions/client/astro';
import { onRequest as onRequestOfExample } from './middleware.example.ts';

export function onRequest(context, next) {
  const isOfCases = context.routePattern === '/[...path]';
  return (isOfCases ? globalThis.cases.handle(userSessions) : onRequestOfExample)(context, next);
}
