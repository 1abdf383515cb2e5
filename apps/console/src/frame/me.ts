import { createContext, use } from 'react';
import type { Me } from '../api/types.ts';
import type { Target } from '../commands/lines.ts';

export const MeContext = createContext<Me | null>(null);

/** The user who is signed in. Every view is shown to somebody who is. */
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
