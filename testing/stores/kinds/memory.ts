import type { Kind } from '../kind.ts';

export const KIND: Kind = {
  name: 'memory',
  isShared: false,
  missing: null,
  speed: 1,
  start: async () => ({ empty: async () => 'memory:?sessions_max=10000', stop: async () => {} }),
};
