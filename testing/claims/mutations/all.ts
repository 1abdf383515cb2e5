import type { ClaimMutation } from '../claim-mutation.ts';
import { BAD_INPUT } from './bad-input.ts';
import { CALLERS } from './callers.ts';
import { COMPLAINTS } from './complaints.ts';
import { CONSOLE_CLAIMS } from './console.ts';
import { COOKIES } from './cookies.ts';
import { FAULTS } from './faults.ts';
import { FILES } from './files.ts';
import { IN_MEMORY } from './memory.ts';
import { MOVES } from './moves.ts';
import { OPEN_ACCESS } from './open-access.ts';
import { OVERLOAD } from './overload.ts';
import { PACKAGES } from './packages.ts';
import { PAGES } from './pages.ts';
import { SECRETS } from './secrets.ts';
import { SESSIONS } from './sessions.ts';

export const CLAIM_MUTATIONS: readonly ClaimMutation[] = [
  ...SESSIONS,
  ...SECRETS,
  ...OPEN_ACCESS,
  ...CALLERS,
  ...PAGES,
  ...COOKIES,
  ...CONSOLE_CLAIMS,
  ...MOVES,
  ...IN_MEMORY,
  ...FILES,
  ...PACKAGES,
  ...BAD_INPUT,
  ...OVERLOAD,
  ...FAULTS,
  ...COMPLAINTS,
];
