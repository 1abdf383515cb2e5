import type { FindingKind } from './finding-kind.ts';

/** Findings about the layout of the data, in every store. */
export const SCHEMA_KINDS = {
  SCHEMA_NEWER: {
    severity: 'error',
    meaning: 'A newer version of the service has written the data. This version does not start with it.',
    advice: 'Run the newer version, or restore a backup.',
  },
  SCHEMA_OLDER: {
    severity: 'note',
    meaning: 'An older version has written the data. The next start of this version migrates it.',
    advice: 'Make a backup, then run `pip-sessions store migrate` or start the service.',
  },
  SCHEMA_MISSING: {
    severity: 'note',
    meaning: 'The store has no data of the service yet. The first start creates it.',
    advice: 'Check the URL of the store, if you expected sessions there.',
  },
  SCHEMA_FOREIGN: {
    severity: 'error',
    meaning:
      'The schema has a table `sessions` of another application. The service does not start, and does not change it.',
    advice: 'Choose another `schema` in the URL of the store.',
  },
  LAYOUT_DIFFERS: {
    severity: 'error',
    meaning: 'The data is divided in another way than the URL of the store says. The service does not start.',
    advice: 'Set `partitions` (PostgreSQL) or `shards` (Redis) in the URL to the number that the message names.',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
