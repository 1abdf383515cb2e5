import { count } from '../texts.ts';

export const KEYS = {
  tableLabel: 'API keys',
  name: 'Name',
  scope: 'Scope',
  lastUsed: 'Last use',
  uses: 'Uses',
  expires: 'Ends',
  scopes: {
    validate: 'validate: check tokens',
    write: 'write: also open and end sessions',
    admin: 'admin: also list, and end many',
  },
  never: 'never',
  neverUsed: 'not used',
  ended: 'ended',
  usesOf: (value: number) => count(value),
  since: (time: string) => `Uses are those at this node since ${time}. Other nodes have their own.`,
  none: 'This service has no API keys. Everybody who reaches it may do everything.',
  make: 'Make a key',
  makeHint: 'It prints the key once, and the entry for SESSIONS_API_KEYS. The service takes it after a restart.',
} as const;
