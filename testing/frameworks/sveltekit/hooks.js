import { sessionErrors, userSessions } from '@pip-sessions/client/sveltekit';
import { handle as handleOfExample } from './hooks.example.ts';

export function handle(input) {
  const handle = input.event.route.id === '/[...path]' ? globalThis.cases.handle(userSessions) : handleOfExample;
  return handle(input);
}

export const handleError = sessionErrors(() => {});
