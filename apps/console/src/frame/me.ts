import { createContext, use } from 'react';
import type { Me } from '../api/types.ts';
import type { Target } from '../commands/lines.ts';

export const MeContext = createContext<Me | null>(null);

/** Returns the user who is signed in. Views are shown only to a signed-in user. */
export function useMe(): Me {
  const me = use(MeContext);
  if (!me) throw new Error('nobody is signed in');
  return me;
}

export function useIsAdmin(): boolean {
  return useMe().scope === 'admin';
}

/** The service for the command lines that do the same as an action. */
export function useTarget(): Target {
  return { origin: location.origin, needsKey: !useMe().open };
}
