import { get } from './get.ts';
import { list } from './list.ts';
import { open } from './open.ts';
import type { Scenario } from './scenario.ts';
import { store } from './store.ts';
import { validate } from './validate.ts';

/** In the order of measurement. */
export const SCENARIOS: readonly Scenario[] = [get, validate, open, store, list];
