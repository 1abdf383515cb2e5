import type { Fault } from './fault.ts';
import { CALLER_FAULTS } from './faults/callers.ts';
import { FEED_FAULTS } from './faults/feeds.ts';
import { PROCESS_FAULTS } from './faults/processes.ts';
import { STORE_FAULTS } from './faults/stores.ts';
import { SWEEP_FAULTS } from './faults/sweeps.ts';

/** Together they cause every alert. */
export const FAULTS: readonly Fault[] = [
  ...PROCESS_FAULTS,
  ...STORE_FAULTS,
  ...FEED_FAULTS,
  ...SWEEP_FAULTS,
  ...CALLER_FAULTS,
];
