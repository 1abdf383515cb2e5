import { ACTIVITY_CASES } from './activity.ts';
import { ACTOR_CASES } from './actors.ts';
import { AMENDMENT_CASES } from './amendments.ts';
import { BULK_CASES } from './bulk.ts';
import { CHECK_CASES } from './checks.ts';
import { DATA_CASES } from './data.ts';
import { ENDING_CASES } from './endings.ts';
import { LIFECYCLE_CASES } from './lifecycle.ts';
import { LIMIT_CASES } from './limits.ts';
import { LIST_CASES } from './lists.ts';
import { OPENING_CASES } from './openings.ts';
import { OWN_CASES } from './own-sessions.ts';
import { ROTATION_CASES } from './rotation.ts';
import { USER_CASES } from './users.ts';
import { VALIDATION_CASES } from './validations.ts';
import type { UseCase } from './world.ts';

/**
 * The acceptance suite: the promises of the service, as its users see them. It runs for every access and every store:
 *
 * ```ts
 * for (const { name, run } of USE_CASES) test(name, async () => run(await newWorld()));
 * ```
 */
export const USE_CASES: readonly UseCase[] = [
  ...LIFECYCLE_CASES,
  ...OPENING_CASES,
  ...ENDING_CASES,
  ...ACTIVITY_CASES,
  ...VALIDATION_CASES,
  ...CHECK_CASES,
  ...ROTATION_CASES,
  ...LIMIT_CASES,
  ...DATA_CASES,
  ...AMENDMENT_CASES,
  ...LIST_CASES,
  ...ACTOR_CASES,
  ...BULK_CASES,
  ...USER_CASES,
  ...OWN_CASES,
];
